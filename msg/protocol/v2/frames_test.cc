// Frames of both revisions and modes, written and read again, whole, in pieces, and with every bit
// flipped.
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/buffer_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_disassembler.h"
#include "msg/protocol/v2/frame_layout.h"

namespace siphon::v2 {
namespace {

using Event = FrameDisassembler::Event;

struct Kind {
  bool revision1;
  bool secure;
};

std::string Secret() {
  std::string secret(64, '\0');
  for (size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<char>(i * 7 + 1);
  return secret;
}

struct Frame {
  Tag tag;
  std::vector<std::string> segments;
  friend bool operator==(const Frame&, const Frame&) = default;
};

std::string Bytes(size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(n, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

class FramesTest : public testing::TestWithParam<Kind> {
 protected:
  // Of the side that dialled.
  std::unique_ptr<FrameAssembler> Assembler() {
    auto assembler = std::make_unique<FrameAssembler>();
    assembler->set_revision1(GetParam().revision1);
    if (GetParam().secure) {
      EXPECT_TRUE(assembler->EnableSecure(Secret(), /*connecting=*/true).ok());
    }
    return assembler;
  }
  // Of the side that accepted.
  std::unique_ptr<FrameDisassembler> Disassembler() {
    auto disassembler = std::make_unique<FrameDisassembler>();
    disassembler->set_revision1(GetParam().revision1);
    if (GetParam().secure) {
      EXPECT_TRUE(disassembler->EnableSecure(Secret(), /*connecting=*/false).ok());
    }
    return disassembler;
  }
  static void Append(const Frame& frame, FrameAssembler* assembler, OutputBuffer* out) {
    std::vector<BufferList> segments;
    for (const std::string& s : frame.segments) segments.push_back(BufferList::CopyOf(s));
    ASSERT_TRUE(assembler->Append(frame.tag, segments, out).ok());
  }
  // Reads on; false after an error.
  static bool Read(FrameDisassembler* disassembler, std::string_view bytes,
                   std::vector<Frame>* frames) {
    while (true) {
      const absl::StatusOr<Event> event = disassembler->Consume(&bytes);
      if (!event.ok()) return false;
      if (*event == Event::kNeedMore) {
        EXPECT_TRUE(bytes.empty());
        return true;
      }
      if (*event == Event::kAborted) frames->push_back({Tag::kWait, {"aborted"}});
      if (*event != Event::kFrame) continue;
      Frame frame{disassembler->preamble().tag, {}};
      for (size_t i = 0; i < disassembler->preamble().segment_count; ++i) {
        frame.segments.push_back(disassembler->TakeSegment(i).ToString());
      }
      frames->push_back(std::move(frame));
    }
  }
  // Every shape that matters: empty, below, at and above the sizes of blocks and of the inline
  // part.
  static std::vector<Frame> Shapes() {
    std::vector<Frame> frames;
    unsigned seed = 0;
    frames.push_back({Tag::kWait, {""}});
    for (const size_t n : {1, 15, 16, 17, 41, 47, 48, 49, 64, 4096, 100'000}) {
      frames.push_back({Tag::kHello, {Bytes(n, ++seed)}});
      frames.push_back({Tag::kMessage, {Bytes(41, ++seed), Bytes(n, ++seed)}});
      frames.push_back(
          {Tag::kMessage, {Bytes(41, ++seed), Bytes(20, ++seed), "", Bytes(n, ++seed)}});
      frames.push_back({Tag::kMessage, {Bytes(n, ++seed), "", Bytes(5, ++seed)}});
    }
    frames.push_back({Tag::kMessage, {"", "x"}});
    return frames;
  }
};

TEST_P(FramesTest, EveryShapeComesBack) {
  const std::vector<Frame> frames = Shapes();
  const auto assembler = Assembler();
  OutputBuffer out;
  for (const Frame& frame : frames) Append(frame, assembler.get(), &out);
  std::vector<Frame> read;
  ASSERT_TRUE(Read(Disassembler().get(), out.ToString(), &read));
  EXPECT_EQ(read, frames);
}

TEST_P(FramesTest, AStreamReadsTheSameHoweverItIsCut) {
  const std::vector<Frame> frames = {
      {Tag::kMessage, {Bytes(41, 1), Bytes(90, 2), "", Bytes(70, 3)}},
      {Tag::kWait, {""}},
      {Tag::kAck, {Bytes(8, 4)}},
      {Tag::kHello, {Bytes(60, 5)}}};
  const auto assembler = Assembler();
  OutputBuffer out;
  for (const Frame& frame : frames) Append(frame, assembler.get(), &out);
  const std::string stream = out.ToString();
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    const auto disassembler = Disassembler();
    std::vector<Frame> read;
    ASSERT_TRUE(Read(disassembler.get(), std::string_view(stream).substr(0, cut), &read));
    ASSERT_TRUE(Read(disassembler.get(), std::string_view(stream).substr(cut), &read));
    ASSERT_EQ(read, frames) << "cut at " << cut;
  }
}

TEST_P(FramesTest, SegmentsMayBeReadToTheirOwnMemory) {
  const Frame frame{Tag::kMessage, {Bytes(41, 1), "", "", Bytes(50'000, 2)}};
  const auto assembler = Assembler();
  OutputBuffer out;
  Append(frame, assembler.get(), &out);
  const std::string stream = out.ToString();
  const auto disassembler = Disassembler();
  std::string_view rest = stream;
  std::vector<Frame> read;
  size_t direct = 0;
  while (!rest.empty()) {
    if (const absl::Span<char> target = disassembler->DirectTarget(); target.size() > 100) {
      const size_t n = std::min<size_t>({target.size(), rest.size(), 1000});
      rest.copy(target.data(), n);
      rest.remove_prefix(n);
      disassembler->CommitDirect(n);
      direct += n;
      continue;
    }
    const size_t n = std::min<size_t>(rest.size(), 50);
    ASSERT_TRUE(Read(disassembler.get(), rest.substr(0, n), &read));
    rest.remove_prefix(n);
  }
  ASSERT_TRUE(Read(disassembler.get(), {}, &read));
  EXPECT_THAT(read, testing::ElementsAre(frame));
  EXPECT_GT(direct, 40'000u);
}

// What came before the damage stands; nothing of the damaged frame, or after it, is believed.
TEST_P(FramesTest, AFlippedBitAnywhereIsFound) {
  const std::vector<Frame> frames = {
      {Tag::kAck, {Bytes(8, 1)}}, {Tag::kMessage, {Bytes(41, 2), Bytes(30, 3), "", Bytes(20, 4)}}};
  const auto assembler = Assembler();
  OutputBuffer out;
  Append(frames[0], assembler.get(), &out);
  const size_t first = out.size();
  Append(frames[1], assembler.get(), &out);
  const std::string stream = out.ToString();
  for (size_t at = 0; at < stream.size() * 8; ++at) {
    std::string damaged = stream;
    damaged[at / 8] = static_cast<char>(damaged[at / 8] ^ (1 << (at % 8)));
    std::vector<Frame> read;
    const bool ok = Read(Disassembler().get(), damaged, &read);
    const bool in_second = at / 8 >= first;
    if (ok && read == frames) {
      // The reserved half of a late status, and flags and crcs that no segment uses.
      ASSERT_FALSE(GetParam().secure) << "bit " << at;
      continue;
    }
    // A frame may have been made into an aborted one: that bit has no checksum in crc mode.
    for (size_t i = 0; i < read.size(); ++i) {
      const bool aborted = read[i].segments[0] == "aborted";
      ASSERT_TRUE(read[i] == frames[i] || (aborted && !GetParam().secure)) << "bit " << at;
    }
    if (in_second) ASSERT_GE(read.size(), 1u) << "bit " << at;
  }
}

TEST_P(FramesTest, APreambleIsJudgedBeforeMemoryIsTaken) {
  Preamble preamble;
  preamble.tag = Tag::kMessage;
  preamble.segment_count = 4;
  for (auto& segment : preamble.segments) segment = {0xffffffff, 4096};
  char bytes[kPreambleSize];
  preamble.EncodeTo(bytes);
  if (GetParam().secure) return;  // the same code, behind the cipher
  const auto disassembler = Disassembler();
  std::string_view rest(bytes, sizeof(bytes));
  const absl::StatusOr<Event> event = disassembler->Consume(&rest);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(*event, Event::kPreamble);
  EXPECT_TRUE(disassembler->DirectTarget().empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, FramesTest,
                         testing::Values(Kind{false, false}, Kind{true, false}, Kind{false, true},
                                         Kind{true, true}),
                         [](const testing::TestParamInfo<Kind>& info) {
                           return absl::StrCat(info.param.revision1 ? "Rev1" : "Rev0",
                                               info.param.secure ? "Secure" : "Crc");
                         });

TEST(PreambleTest, RefusesCountsThatAreNone) {
  for (const int count : {0, 5, 255}) {
    Preamble preamble;
    preamble.tag = Tag::kAck;
    preamble.segment_count = 1;
    preamble.segments[0] = {8, 8};
    char bytes[kPreambleSize];
    preamble.EncodeTo(bytes);
    EXPECT_TRUE(Preamble::Decode({bytes, sizeof(bytes)}).ok());
    bytes[1] = static_cast<char>(count);
    EXPECT_FALSE(Preamble::Decode({bytes, sizeof(bytes)}).ok()) << "the checksum";
  }
  Preamble empty_last;
  empty_last.segment_count = 2;
  empty_last.segments[0] = {8, 8};
  char bytes[kPreambleSize];
  empty_last.EncodeTo(bytes);
  EXPECT_TRUE(absl::IsInvalidArgument(Preamble::Decode({bytes, sizeof(bytes)}).status()));
}

TEST(FrameCipherTest, StopsWhenEveryNonceWasUsed) {
  // 2.0 counts in 32 bits: the counter is brought to its end by hand, from a secret whose fixed
  // part is one before the first.
  auto cipher = FrameCipher::Create(Secret(), true, FrameCipher::Direction::kSend, false);
  ASSERT_TRUE(cipher.ok());
  char tag[FrameCipher::kTagSize];
  ASSERT_TRUE((*cipher)->Begin().ok());
  (*cipher)->Seal(tag);
  (*cipher)->SkipNonces(0xffffffff);
  EXPECT_TRUE(absl::IsResourceExhausted((*cipher)->Begin()));
}

TEST(FrameCipherTest, NeedsASecretThatIsLongEnough) {
  EXPECT_FALSE(FrameCipher::Create("short", true, FrameCipher::Direction::kSend, true).ok());
}

}  // namespace
}  // namespace siphon::v2
