// FrameAssembler: writes the frames of one side of a connection.
//
// In crc mode segments are shared with the output, not copied. In secure mode they are encrypted
// into memory of their own, in one pass.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V2_FRAME_ASSEMBLER_H_
#define SIPHON_MSG_PROTOCOL_V2_FRAME_ASSEMBLER_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/buffer_list.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/v2/frame_cipher.h"
#include "msg/protocol/v2/frame_compression.h"
#include "msg/protocol/v2/frame_tag.h"
#include "msg/protocol/v2/preamble.h"

namespace siphon::v2 {

class FrameAssembler {
 public:
  // Revision 2.1, else 2.0. Before the first frame.
  void set_revision1(bool revision1) { revision1_ = revision1; }
  // Frames are encrypted from here on. Errors: as FrameCipher::Create().
  absl::Status EnableSecure(std::string_view connection_secret, bool connecting);
  // Frames are compressed from here on, if it makes them smaller.
  void EnableCompression(const FrameCompression& compression) { compression_ = compression; }

  // Appends a frame of 1 to 4 segments to `out`; empty ones at the end are left out.
  // ResourceExhausted: out of nonces; nothing was appended.
  absl::Status Append(Tag tag, absl::Span<const BufferList> segments, OutputBuffer* out);

 private:
  void AppendCrc(const Preamble& preamble, absl::Span<const BufferList> segments,
                 OutputBuffer* out);
  absl::Status AppendSecureRev0(const Preamble& preamble, absl::Span<const BufferList> segments,
                                OutputBuffer* out);
  absl::Status AppendSecureRev1(const Preamble& preamble, absl::Span<const BufferList> segments,
                                OutputBuffer* out);

  bool revision1_ = false;
  std::unique_ptr<FrameCipher> cipher_;  // null in crc mode
  FrameCompression compression_;
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_FRAME_ASSEMBLER_H_
