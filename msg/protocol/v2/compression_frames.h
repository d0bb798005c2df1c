// The payloads of the control frames by which two sides agree on compression, after their
// signatures and before either identifies itself (Ceph 17 and later, from its sources). They are
// sent only if both banners have kBannerCompression.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_COMPRESSION_FRAMES_H_
#define SIPHON_MSG_PROTOCOL_V2_COMPRESSION_FRAMES_H_

#include <cstdint>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/protocol/v2/frame_tag.h"

namespace siphon::v2 {

// The dialling side's.
struct CompressionRequestFrame {
  static constexpr Tag kTag = Tag::kCompressionRequest;
  bool compress = false;                       // it wants to
  std::vector<uint32_t> preferred_algorithms;  // best first
  void Encode(Encoder& e) const;
  static CompressionRequestFrame Decode(Decoder& d);
};

struct CompressionDoneFrame {
  static constexpr Tag kTag = Tag::kCompressionDone;
  bool compress = false;
  uint32_t algorithm = 0;
  void Encode(Encoder& e) const;
  static CompressionDoneFrame Decode(Decoder& d);
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_COMPRESSION_FRAMES_H_
