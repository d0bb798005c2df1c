#include "msg/protocol/v2/frame_disassembler.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/crc32c.h"
#include "msg/protocol/v2/frame_layout.h"

namespace siphon::v2 {
namespace {

// The alignments that are honoured; a peer may ask for any.
constexpr uint16_t kPage = 4096;

absl::Status WrongCrc(size_t segment, uint32_t crc, uint32_t claimed) {
  return absl::DataLossError(
      absl::StrFormat("the checksum of a frame's segment %u is %08x, and the frame says %08x",
                      segment, crc, claimed));
}

}  // namespace

absl::Status FrameDisassembler::EnableSecure(std::string_view connection_secret, bool connecting) {
  absl::StatusOr<std::unique_ptr<FrameCipher>> cipher = FrameCipher::Create(
      connection_secret, connecting, FrameCipher::Direction::kReceive, revision1_);
  if (!cipher.ok()) return cipher.status();
  cipher_ = *std::move(cipher);
  Stage(Step::kPreamble, PreambleBlockSize());
  return absl::OkStatus();
}

size_t FrameDisassembler::PreambleBlockSize() const {
  if (!secure() || !revision1_) return kPreambleSize;
  return kPreambleSize + kInlineSize + FrameCipher::kTagSize;
}

size_t FrameDisassembler::WireSize(size_t segment) const {
  const size_t length = preamble_.segments[segment].length;
  if (!secure()) return length;
  const size_t padded = Padded(length);
  if (!revision1_ || segment != 0) return padded;
  return padded - std::min(padded, kInlineSize);
}

size_t FrameDisassembler::EpilogueSize() const {
  if (!secure()) return !revision1_ ? kEpilogueSizeRev0 : kEpilogueSizeRev1;
  return kEpilogueSizeSecure + FrameCipher::kTagSize;
}

void FrameDisassembler::Stage(Step step, size_t want) {
  step_ = step;
  want_ = want;
  staged_ = 0;
}

absl::StatusOr<FrameDisassembler::Event> FrameDisassembler::Consume(std::string_view* bytes) {
  while (true) {
    absl::Status status;
    if (whole_) return EndFrame(Event::kFrame);
    if (step_ == Step::kJudged) {
      status = BeginSegment(0);
    } else if (step_ == Step::kSegment) {
      const absl::Span<char> target = DirectTarget();
      const size_t n = std::min(target.size(), bytes->size());
      if (n != 0) std::memcpy(target.data(), bytes->data(), n);
      bytes->remove_prefix(n);
      Arrived(n);
      if (n < target.size()) return Event::kNeedMore;
      status = EndSegment();
    } else {
      const size_t n = std::min(want_ - staged_, bytes->size());
      if (n != 0) std::memcpy(stage_ + staged_, bytes->data(), n);
      bytes->remove_prefix(n);
      staged_ += n;
      if (staged_ < want_) return Event::kNeedMore;
      switch (step_) {
        case Step::kPreamble:
          if (status = OnPreamble(); status.ok()) return Event::kPreamble;
          break;
        case Step::kCrc:
          status = CheckFirstCrc();
          break;
        case Step::kTag:
          if (status = cipher_->Open(stage_); status.ok()) status = AfterFirstSegment();
          break;
        default:
          return OnEpilogue();
      }
    }
    if (!status.ok()) return status;
  }
}

absl::Status FrameDisassembler::OnPreamble() {
  for (Buffer& segment : segments_) segment = Buffer();
  if (secure()) {
    if (absl::Status status = cipher_->Begin(); !status.ok()) return status;
    const size_t size = revision1_ ? kPreambleSize + kInlineSize : kPreambleSize;
    cipher_->Update(stage_, size, stage_);
    if (revision1_) {
      if (absl::Status status = cipher_->Open(stage_ + size); !status.ok()) return status;
    }
  }
  absl::StatusOr<Preamble> preamble = Preamble::Decode({stage_, kPreambleSize});
  if (!preamble.ok()) return preamble.status();
  preamble_ = *preamble;
  if (preamble_.compressed && !compression_.enabled()) {
    return absl::InvalidArgumentError("a compressed frame, and compression was not agreed on");
  }
  step_ = Step::kJudged;
  return absl::OkStatus();
}

absl::Status FrameDisassembler::BeginSegment(size_t segment) {
  segment_ = segment;
  filled_ = 0;
  crcs_[segment] = kSegmentCrcSeed;
  const Preamble::Segment& said = preamble_.segments[segment];
  const size_t size = secure() ? Padded(said.length) : said.length;
  step_ = Step::kSegment;
  if (size == 0) return absl::OkStatus();
  segments_[segment] =
      said.alignment == kPage ? Buffer::AllocateAligned(size, kPage) : Buffer::Allocate(size);
  if (secure() && revision1_ && segment == 0) {
    filled_ = std::min(size, kInlineSize);
    std::memcpy(segments_[0].mutable_data(), stage_ + kPreambleSize, filled_);
    if (filled_ < size) return cipher_->Begin();
  }
  return absl::OkStatus();
}

absl::Span<char> FrameDisassembler::DirectTarget() {
  if (step_ != Step::kSegment) return {};
  Buffer& buffer = segments_[segment_];
  return absl::MakeSpan(buffer.mutable_data() + filled_, buffer.size() - filled_);
}

void FrameDisassembler::Arrived(size_t n) {
  if (n == 0) return;
  char* const at = segments_[segment_].mutable_data() + filled_;
  if (secure()) {
    cipher_->Update(at, n, at);
  } else {
    crcs_[segment_] = Crc32c(crcs_[segment_], {at, n});
  }
  filled_ += n;
}

absl::Status FrameDisassembler::EndSegment() {
  const size_t length = preamble_.segments[segment_].length;
  Buffer& buffer = segments_[segment_];
  buffer.RemoveSuffix(buffer.size() - length);
  if (segment_ == 0) {
    if (revision1_ && !secure() && length != 0) {
      Stage(Step::kCrc, kCrcSize);
      return absl::OkStatus();
    }
    if (revision1_ && secure() && WireSize(0) != 0) {
      Stage(Step::kTag, FrameCipher::kTagSize);
      return absl::OkStatus();
    }
    return AfterFirstSegment();
  }
  if (segment_ + 1 < preamble_.segment_count) return BeginSegment(segment_ + 1);
  Stage(Step::kEpilogue, EpilogueSize());
  return absl::OkStatus();
}

absl::Status FrameDisassembler::CheckFirstCrc() {
  uint32_t claimed;
  std::memcpy(&claimed, stage_, sizeof(claimed));
  if (claimed != crcs_[0]) return WrongCrc(0, crcs_[0], claimed);
  return AfterFirstSegment();
}

absl::Status FrameDisassembler::AfterFirstSegment() {
  if (preamble_.segment_count > 1) {
    if (secure() && revision1_) {
      if (absl::Status status = cipher_->Begin(); !status.ok()) return status;
    }
    return BeginSegment(1);
  }
  if (revision1_) {
    whole_ = true;  // no epilogue
    return absl::OkStatus();
  }
  Stage(Step::kEpilogue, EpilogueSize());
  return absl::OkStatus();
}

absl::StatusOr<FrameDisassembler::Event> FrameDisassembler::OnEpilogue() {
  if (secure()) {
    cipher_->Update(stage_, kEpilogueSizeSecure, stage_);
    if (absl::Status status = cipher_->Open(stage_ + kEpilogueSizeSecure); !status.ok()) {
      return status;
    }
  }
  const uint8_t late = static_cast<uint8_t>(stage_[0]);
  if (revision1_) {
    if ((late & kLateStatusMask) == kLateStatusAborted) return EndFrame(Event::kAborted);
    if ((late & kLateStatusMask) != kLateStatusComplete) {
      return absl::InvalidArgumentError(
          absl::StrFormat("a frame ends with status 0x%02x, which is none", late));
    }
  } else if ((late & kLateFlagAborted) != 0) {
    return EndFrame(Event::kAborted);
  }
  if (secure()) return EndFrame(Event::kFrame);
  for (size_t i = revision1_ ? 1 : 0; i < preamble_.segment_count; ++i) {
    uint32_t claimed;
    std::memcpy(&claimed, stage_ + 1 + kCrcSize * (revision1_ ? i - 1 : i), sizeof(claimed));
    if (claimed != crcs_[i]) return WrongCrc(i, crcs_[i], claimed);
  }
  return EndFrame(Event::kFrame);
}

absl::StatusOr<FrameDisassembler::Event> FrameDisassembler::EndFrame(Event event) {
  whole_ = false;
  Stage(Step::kPreamble, PreambleBlockSize());
  if (event == Event::kAborted) {
    for (Buffer& segment : segments_) segment = Buffer();
  } else if (preamble_.compressed) {
    const absl::Status status = compression_.Decompress(absl::MakeSpan(segments_), limits_);
    if (!status.ok()) return status;
  }
  return event;
}

BufferList FrameDisassembler::TakeSegment(size_t i) {
  BufferList segment;
  if (!segments_[i].empty()) segment.Append(std::exchange(segments_[i], Buffer()));
  return segment;
}

}  // namespace siphon::v2
