#include "msg/protocol/v2/compression_frames.h"

namespace siphon::v2 {

void CompressionRequestFrame::Encode(Encoder& e) const {
  e.Bool(compress);
  e.U32(static_cast<uint32_t>(preferred_algorithms.size()));
  for (const uint32_t algorithm : preferred_algorithms) e.U32(algorithm);
}

CompressionRequestFrame CompressionRequestFrame::Decode(Decoder& d) {
  CompressionRequestFrame frame;
  frame.compress = d.Bool();
  const uint32_t count = d.Count(sizeof(uint32_t));
  frame.preferred_algorithms.reserve(count);
  for (uint32_t i = 0; i < count; ++i) frame.preferred_algorithms.push_back(d.U32());
  return frame;
}

void CompressionDoneFrame::Encode(Encoder& e) const {
  e.Bool(compress);
  e.U32(algorithm);
}

CompressionDoneFrame CompressionDoneFrame::Decode(Decoder& d) {
  CompressionDoneFrame frame;
  frame.compress = d.Bool();
  frame.algorithm = d.U32();
  return frame;
}

}  // namespace siphon::v2
