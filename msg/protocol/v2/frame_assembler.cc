#include "msg/protocol/v2/frame_assembler.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/buffer.h"
#include "msg/protocol/v2/frame_layout.h"

namespace siphon::v2 {
namespace {

// Of the receiver's memory.
constexpr uint16_t kAlignment = 8;
constexpr uint16_t kDataAlignment = 4096;

Preamble PreambleOf(Tag tag, absl::Span<const BufferList> segments) {
  Preamble preamble;
  preamble.tag = tag;
  size_t count = std::min(segments.size(), kMaxSegments);
  while (count > 1 && segments[count - 1].empty()) --count;
  preamble.segment_count = static_cast<uint8_t>(std::max<size_t>(count, 1));
  for (size_t i = 0; i < count; ++i) {
    const uint16_t alignment = i + 1 == kMaxSegments ? kDataAlignment : kAlignment;
    preamble.segments[i] = {static_cast<uint32_t>(segments[i].size()), alignment};
  }
  return preamble;
}

// Encrypts what it is given to a place that has room for it.
class Writer {
 public:
  Writer(FrameCipher* cipher, char* to) : cipher_(cipher), to_(to) {}

  void Bytes(const char* bytes, size_t n) {
    cipher_->Update(bytes, n, to_);
    to_ += n;
  }
  // Bytes [offset, offset + length) of `list`.
  void Range(const BufferList& list, size_t offset, size_t length) {
    for (const Buffer& piece : list.pieces()) {
      if (length == 0) return;
      const size_t skip = std::min(offset, piece.size());
      offset -= skip;
      const size_t n = std::min(length, piece.size() - skip);
      Bytes(piece.data() + skip, n);
      length -= n;
    }
  }
  void Zeros(size_t n) {
    static constexpr char kZeros[kInlineSize] = {};
    Bytes(kZeros, n);
  }
  // A segment from `offset` on, with its padding.
  void Segment(const BufferList& segment, size_t offset = 0) {
    Range(segment, offset, segment.size() - offset);
    Zeros(Padded(segment.size()) - segment.size());
  }
  void Epilogue(uint8_t late) {
    char epilogue[kEpilogueSizeSecure] = {static_cast<char>(late)};
    Bytes(epilogue, sizeof(epilogue));
  }
  void Seal() {
    cipher_->Seal(to_);
    to_ += FrameCipher::kTagSize;
  }

 private:
  FrameCipher* const cipher_;
  char* to_;
};

// Calls `fill` with room for `size` bytes at the end of `out`.
template <typename Fill>
absl::Status AppendFilled(OutputBuffer* out, size_t size, const Fill& fill) {
  if (size < OutputBuffer::kCopyBelow) {
    char small[OutputBuffer::kCopyBelow];
    if (absl::Status status = fill(small); !status.ok()) return status;
    out->Copy({small, size});
    return absl::OkStatus();
  }
  Buffer buffer = Buffer::Allocate(size);
  if (absl::Status status = fill(buffer.mutable_data()); !status.ok()) return status;
  out->Append(BufferList(std::move(buffer)));
  return absl::OkStatus();
}

}  // namespace

absl::Status FrameAssembler::EnableSecure(std::string_view connection_secret, bool connecting) {
  absl::StatusOr<std::unique_ptr<FrameCipher>> cipher =
      FrameCipher::Create(connection_secret, connecting, FrameCipher::Direction::kSend, revision1_);
  if (!cipher.ok()) return cipher.status();
  cipher_ = *std::move(cipher);
  return absl::OkStatus();
}

absl::Status FrameAssembler::Append(Tag tag, absl::Span<const BufferList> segments,
                                    OutputBuffer* out) {
  segments = segments.first(std::min(segments.size(), kMaxSegments));
  std::array<BufferList, kMaxSegments> compressed;
  bool is_compressed = false;
  if (compression_.enabled()) {
    std::copy(segments.begin(), segments.end(), compressed.begin());
    is_compressed = compression_.Compress(absl::MakeSpan(compressed));
    if (is_compressed) segments = absl::MakeConstSpan(compressed).first(segments.size());
  }
  Preamble preamble = PreambleOf(tag, segments);
  preamble.compressed = is_compressed;
  segments = segments.first(std::min<size_t>(segments.size(), preamble.segment_count));
  if (cipher_ == nullptr) {
    AppendCrc(preamble, segments, out);
    return absl::OkStatus();
  }
  return revision1_ ? AppendSecureRev1(preamble, segments, out)
                    : AppendSecureRev0(preamble, segments, out);
}

void FrameAssembler::AppendCrc(const Preamble& preamble, absl::Span<const BufferList> segments,
                               OutputBuffer* out) {
  preamble.EncodeTo(out->Hole(kPreambleSize));
  uint32_t crcs[kMaxSegments] = {};
  for (size_t i = 0; i < preamble.segment_count; ++i) {
    crcs[i] = i < segments.size() ? segments[i].Crc32c(kSegmentCrcSeed) : kSegmentCrcSeed;
    if (i < segments.size()) out->Append(segments[i]);
    if (revision1_ && i == 0 && preamble.segments[0].length != 0) {
      std::memcpy(out->Hole(kCrcSize), crcs, kCrcSize);
    }
  }
  if (!revision1_) {
    char* const epilogue = out->Hole(kEpilogueSizeRev0);
    epilogue[0] = 0;
    std::memcpy(epilogue + 1, crcs, sizeof(crcs));
  } else if (preamble.segment_count > 1) {
    char* const epilogue = out->Hole(kEpilogueSizeRev1);
    epilogue[0] = static_cast<char>(kLateStatusComplete);
    std::memcpy(epilogue + 1, crcs + 1, sizeof(crcs) - kCrcSize);
  }
}

absl::Status FrameAssembler::AppendSecureRev0(const Preamble& preamble,
                                              absl::Span<const BufferList> segments,
                                              OutputBuffer* out) {
  size_t size = kPreambleSize + kEpilogueSizeSecure + FrameCipher::kTagSize;
  for (const BufferList& segment : segments) size += Padded(segment.size());
  return AppendFilled(out, size, [&](char* to) -> absl::Status {
    if (absl::Status status = cipher_->Begin(); !status.ok()) return status;
    Writer writer(cipher_.get(), to);
    char head[kPreambleSize];
    preamble.EncodeTo(head);
    writer.Bytes(head, sizeof(head));
    for (const BufferList& segment : segments) writer.Segment(segment);
    writer.Epilogue(0);
    writer.Seal();
    return absl::OkStatus();
  });
}

absl::Status FrameAssembler::AppendSecureRev1(const Preamble& preamble,
                                              absl::Span<const BufferList> segments,
                                              OutputBuffer* out) {
  const size_t first = segments.empty() ? 0 : Padded(segments[0].size());
  size_t size = kPreambleSize + kInlineSize + FrameCipher::kTagSize;
  if (first > kInlineSize) size += first - kInlineSize + FrameCipher::kTagSize;
  if (preamble.segment_count > 1) size += kEpilogueSizeSecure + FrameCipher::kTagSize;
  for (size_t i = 1; i < segments.size(); ++i) size += Padded(segments[i].size());
  return AppendFilled(out, size, [&](char* to) -> absl::Status {
    if (absl::Status status = cipher_->Begin(); !status.ok()) return status;
    Writer writer(cipher_.get(), to);
    char head[kPreambleSize];
    preamble.EncodeTo(head);
    writer.Bytes(head, sizeof(head));
    const size_t inlined = segments.empty() ? 0 : std::min(segments[0].size(), kInlineSize);
    if (inlined != 0) writer.Range(segments[0], 0, inlined);
    writer.Zeros(kInlineSize - inlined);
    writer.Seal();
    if (first > kInlineSize) {
      if (absl::Status status = cipher_->Begin(); !status.ok()) return status;
      writer.Segment(segments[0], kInlineSize);
      writer.Seal();
    }
    if (preamble.segment_count > 1) {
      if (absl::Status status = cipher_->Begin(); !status.ok()) return status;
      for (size_t i = 1; i < segments.size(); ++i) writer.Segment(segments[i]);
      writer.Epilogue(kLateStatusComplete);
      writer.Seal();
    }
    return absl::OkStatus();
  });
}

}  // namespace siphon::v2
