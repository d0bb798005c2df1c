// Fuzzes the disassembler, of both revisions and modes.
//
// The first byte of the input chooses: bit 0 revision 2.1, bit 1 secure mode, bit 2 a peer that
// knows the format and the key, bit 3 that large segments are read to their own memory, bit 4 that
// zstd was agreed on, bit 5 that lz4 was. The second byte is the size of the pieces. The rest is
// the stream, as it comes; or, with bit 2, what such a peer makes of it (Crafter), which gets
// behind checksums and tags.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/crc32c.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/frame_cipher.h"
#include "msg/protocol/v2/frame_disassembler.h"
#include "msg/protocol/v2/frame_layout.h"
#include "msg/protocol/v2/preamble.h"

namespace siphon::v2 {
namespace {

constexpr size_t kMaxSegment = 1 << 12;
constexpr uint32_t kMaxDecompressed = 1 << 14;
constexpr std::string_view kSecret = "sixteen byte key and two nonces of twelve";

void Check(bool holds) {
  if (!holds) __builtin_trap();
}

// A peer with the right key that fills frames with bytes of the input.
class Crafter {
 public:
  Crafter(bool revision1, bool secure, std::string_view input)
      : revision1_(revision1), input_(input) {
    if (!secure) return;
    auto cipher =
        FrameCipher::Create(kSecret, /*connecting=*/true, FrameCipher::Direction::kSend, revision1);
    Check(cipher.ok());
    cipher_ = *std::move(cipher);
  }

  // Of each frame: u8 tag (with bit 7 it claims to be compressed), u8 count of segments, for each
  // u16 length and u8 whether it wants a page, the segments, u8 late status.
  std::string Craft() {
    while (input_.size() > 2) Frame();
    return std::move(out_);
  }

 private:
  uint8_t Byte() {
    if (input_.empty()) return 0;
    const char c = input_[0];
    input_.remove_prefix(1);
    return static_cast<uint8_t>(c);
  }
  // `length` bytes of input, and zeros up to `padded`.
  std::string Take(size_t length, size_t padded) {
    std::string bytes(input_.substr(0, length));
    input_.remove_prefix(bytes.size());
    bytes.resize(padded);
    return bytes;
  }
  void Sealed(std::string_view plain) {
    Check(cipher_->Begin().ok());
    const size_t at = out_.size();
    out_.resize(at + plain.size() + FrameCipher::kTagSize);
    cipher_->Update(plain.data(), plain.size(), out_.data() + at);
    cipher_->Seal(out_.data() + at + plain.size());
  }

  void Frame() {
    Preamble preamble;
    const uint8_t tag = Byte();
    preamble.tag = static_cast<Tag>(tag & 0x7f);
    preamble.compressed = (tag & 0x80) != 0;
    preamble.segment_count = Byte();
    const size_t count = std::min<size_t>(preamble.segment_count, kMaxSegments);
    std::string segments[kMaxSegments];
    uint32_t crcs[kMaxSegments] = {};
    for (size_t i = 0; i < count; ++i) {
      const uint32_t length = Byte() | static_cast<uint32_t>(Byte() & 0x1f) << 8;
      preamble.segments[i] = {.length = length,
                              .alignment = static_cast<uint16_t>(Byte() == 1 ? 4096 : 8)};
    }
    for (size_t i = 0; i < count; ++i) {
      // No longer than the input, or a few of its bytes would take all the time.
      uint32_t& length = preamble.segments[i].length;
      length = static_cast<uint32_t>(std::min<size_t>(length, input_.size()));
      segments[i] = Take(length, cipher_ != nullptr ? Padded(length) : length);
      crcs[i] = Crc32c(kSegmentCrcSeed, segments[i]);
    }
    preamble.segment_count = static_cast<uint8_t>(count);
    std::string head(kPreambleSize, '\0');
    preamble.EncodeTo(head.data());
    const char late = static_cast<char>(Byte());
    cipher_ == nullptr ? Plain(head, segments, count, crcs, late)
                       : Encrypted(head, segments, count, late);
  }

  void Plain(const std::string& head, const std::string* segments, size_t count,
             const uint32_t* crcs, char late) {
    out_ += head;
    const auto crc_bytes = [&](size_t from) {
      return std::string_view(reinterpret_cast<const char*>(crcs + from),
                              (kMaxSegments - from) * kCrcSize);
    };
    for (size_t i = 0; i < count; ++i) {
      out_ += segments[i];
      if (revision1_ && i == 0 && !segments[0].empty()) out_ += crc_bytes(0).substr(0, kCrcSize);
    }
    if (revision1_ && count <= 1) return;
    out_ += late;
    out_ += crc_bytes(revision1_ ? 1 : 0);
  }

  void Encrypted(const std::string& head, std::string* segments, size_t count, char late) {
    std::string epilogue(kEpilogueSizeSecure, '\0');
    epilogue[0] = late;
    if (!revision1_) {
      return Sealed(head + segments[0] + segments[1] + segments[2] + segments[3] + epilogue);
    }
    std::string rest = segments[0].substr(std::min(segments[0].size(), kInlineSize));
    segments[0].resize(kInlineSize);
    Sealed(head + segments[0]);
    if (!rest.empty()) Sealed(rest);
    if (count > 1) Sealed(segments[1] + segments[2] + segments[3] + epilogue);
  }

  const bool revision1_;
  std::string_view input_;
  std::unique_ptr<FrameCipher> cipher_;
  std::string out_;
};

// Reads on until an error, or a frame that a user would refuse; false then.
bool Read(FrameDisassembler* disassembler, std::string_view piece) {
  while (true) {
    const size_t before = piece.size();
    const absl::StatusOr<FrameDisassembler::Event> event = disassembler->Consume(&piece);
    if (!event.ok()) return false;
    const Preamble& preamble = disassembler->preamble();
    switch (*event) {
      case FrameDisassembler::Event::kNeedMore:
        Check(piece.empty());
        return true;
      case FrameDisassembler::Event::kPreamble:
        Check(piece.size() < before);
        Check(preamble.segment_count >= 1 && preamble.segment_count <= kMaxSegments);
        Check(disassembler->DirectTarget().empty());
        for (const Preamble::Segment& segment : preamble.segments) {
          if (segment.length > kMaxSegment) return false;
        }
        break;
      case FrameDisassembler::Event::kFrame:
        for (size_t i = 0; i < kMaxSegments; ++i) {
          const size_t taken = disassembler->TakeSegment(i).size();
          if (preamble.compressed) {
            Check(taken <= kMaxDecompressed && (taken == 0) == (preamble.segments[i].length == 0));
          } else {
            Check(taken == preamble.segments[i].length);
          }
        }
        break;
      case FrameDisassembler::Event::kAborted:
        for (size_t i = 0; i < kMaxSegments; ++i) Check(disassembler->TakeSegment(i).empty());
        break;
    }
  }
}

}  // namespace
}  // namespace siphon::v2

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siphon::v2;
  if (size < 2) return 0;
  const bool revision1 = (data[0] & 1) != 0;
  const bool secure = (data[0] & 2) != 0;
  const bool crafted = (data[0] & 4) != 0;
  const bool direct = (data[0] & 8) != 0;
  std::string stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (crafted) stream = Crafter(revision1, secure, stream).Craft();
  FrameDisassembler disassembler;
  disassembler.set_revision1(revision1);
  if (secure) Check(disassembler.EnableSecure(kSecret, /*connecting=*/false).ok());
  const auto algorithm = (data[0] & 16) != 0   ? CompressionAlgorithm::kZstd
                         : (data[0] & 32) != 0 ? CompressionAlgorithm::kLz4
                                               : CompressionAlgorithm::kNone;
  disassembler.EnableCompression(
      {algorithm, 0}, {kMaxDecompressed, kMaxDecompressed, kMaxDecompressed, kMaxDecompressed});
  const size_t step = data[1] == 0 ? stream.size() : data[1];
  std::string_view rest = stream;
  while (!rest.empty()) {
    const absl::Span<char> target = disassembler.DirectTarget();
    const size_t n = std::min(step, rest.size());
    if (direct && !target.empty()) {
      const size_t taken = std::min(n, target.size());
      std::memcpy(target.data(), rest.data(), taken);
      disassembler.CommitDirect(taken);
      rest.remove_prefix(taken);
      continue;
    }
    if (!Read(&disassembler, rest.substr(0, n))) return 0;
    rest.remove_prefix(n);
  }
  Read(&disassembler, {});
  return 0;
}
