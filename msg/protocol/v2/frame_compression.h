// FrameCompression: the compression that both sides of a connection agreed on, applied to the
// segments of frames (Ceph 17 and later; msgr 2.1 and 2.0 alike).
//
// A frame is compressed as a whole or not at all: its preamble says so by a flag, and tells the
// compressed lengths. Each segment that is not empty is compressed by itself, before checksums and
// encryption.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V2_FRAME_COMPRESSION_H_
#define SIPHON_MSG_PROTOCOL_V2_FRAME_COMPRESSION_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/preamble.h"

namespace siphon::v2 {

class FrameCompression {
 public:
  // What segments of a peer's frames may become, bytes.
  using Limits = std::array<uint32_t, kMaxSegments>;

  FrameCompression() = default;
  // Frames of fewer than `min_size` bytes go as they are.
  FrameCompression(CompressionAlgorithm algorithm, size_t min_size)
      : algorithm_(algorithm), min_size_(min_size) {}

  CompressionAlgorithm algorithm() const { return algorithm_; }
  bool enabled() const { return algorithm_ != CompressionAlgorithm::kNone; }

  // True if together they became smaller: `segments` are the compressed ones then, else they are
  // unchanged.
  bool Compress(absl::Span<BufferList> segments) const;
  // Replaces `segments`. Errors: as Decompress() of compressor.h; the message names the segment.
  absl::Status Decompress(absl::Span<Buffer> segments, const Limits& limits) const;

 private:
  CompressionAlgorithm algorithm_ = CompressionAlgorithm::kNone;
  size_t min_size_ = 0;  // bytes
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_FRAME_COMPRESSION_H_
