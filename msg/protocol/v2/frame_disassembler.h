// FrameDisassembler: reads the frames that a peer writes.
//
// Bytes go in through Consume(), or, into the memory of a large segment, through DirectTarget().
// Consume() stops twice in each frame: when its preamble arrived and passed its checks, so that the
// user may judge tag and lengths before any memory is taken for them, and when the frame is whole.
// The next Consume() goes on.
//
// Checksums are summed, and bytes decrypted, piece by piece as they arrive, while the cache has
// them; nothing of a segment is handed out before all of its frame was verified. (In the secure
// mode of 2.0 the preamble alone is believed before that, by its own checksum: its operation ends
// with the frame.)
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V2_FRAME_DISASSEMBLER_H_
#define SIPHON_MSG_PROTOCOL_V2_FRAME_DISASSEMBLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "msg/protocol/v2/frame_cipher.h"
#include "msg/protocol/v2/frame_compression.h"
#include "msg/protocol/v2/preamble.h"

namespace siphon::v2 {

class FrameDisassembler {
 public:
  enum class Event {
    kNeedMore,
    kPreamble,  // preamble() is the next frame's
    kFrame,     // it is whole: TakeSegment()
    kAborted,   // its sender took it back; there is nothing to take
  };

  // Revision 2.1, else 2.0. Before the first frame.
  void set_revision1(bool revision1) { revision1_ = revision1; }
  // Frames are encrypted from here on. Between frames. Errors: as FrameCipher::Create().
  absl::Status EnableSecure(std::string_view connection_secret, bool connecting);
  // Frames that say so are decompressed from here on; before, they are refused.
  void EnableCompression(const FrameCompression& compression,
                         const FrameCompression::Limits& limits) {
    compression_ = compression;
    limits_ = limits;
  }

  // Takes bytes from the front of `bytes` up to the next event. DataLoss: a checksum or an
  // authentication tag differs, or a segment does not decompress; InvalidArgument: it is no frame;
  // ResourceExhausted: it becomes longer than the limits of compression. There is no going on after
  // an error.
  absl::StatusOr<Event> Consume(std::string_view* bytes);
  // Where bytes of the segment that is being read may be put; empty when they go through
  // Consume().
  absl::Span<char> DirectTarget();
  // `n` bytes were put into DirectTarget(). What comes of them is told by the next Consume().
  void CommitDirect(size_t n) { Arrived(n); }

  // Of the last kPreamble.
  const Preamble& preamble() const { return preamble_; }
  // Segment `i` of the frame that is whole, decompressed; empty if it has none, or if it was taken.
  BufferList TakeSegment(size_t i);

 private:
  enum class Step {
    kPreamble,
    kJudged,   // by the user, once Consume() is called again
    kSegment,  // `segment_`
    kCrc,      // of segment 0
    kTag,      // of segment 0, behind what was not inline
    kEpilogue,
  };

  bool secure() const { return cipher_ != nullptr; }
  // How many bytes `segment` occupies on the wire, of those that are not inline.
  size_t WireSize(size_t segment) const;
  size_t EpilogueSize() const;
  size_t PreambleBlockSize() const;
  // Goes to `step`, which wants `want` bytes at once.
  void Stage(Step step, size_t want);
  absl::Status OnPreamble();
  absl::Status BeginSegment(size_t segment);
  // `n` more bytes of the segment have arrived.
  void Arrived(size_t n);
  absl::Status EndSegment();
  absl::Status AfterFirstSegment();
  absl::Status CheckFirstCrc();
  absl::StatusOr<Event> OnEpilogue();
  absl::StatusOr<Event> EndFrame(Event event);

  bool revision1_ = false;
  std::unique_ptr<FrameCipher> cipher_;  // null in crc mode
  FrameCompression compression_;
  FrameCompression::Limits limits_{};

  Step step_ = Step::kPreamble;
  size_t want_ = kPreambleSize;
  size_t staged_ = 0;
  char stage_[kPreambleSize + 64];  // the longest item: preamble, inline part, tag
  bool whole_ = false;              // every byte of the frame was taken

  Preamble preamble_;
  size_t segment_ = 0;
  size_t filled_ = 0;
  std::array<Buffer, kMaxSegments> segments_;
  std::array<uint32_t, kMaxSegments> crcs_{};
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_FRAME_DISASSEMBLER_H_
