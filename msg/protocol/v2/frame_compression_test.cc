// Compressed frames, written and read again, in both revisions and modes.
#include "msg/protocol/v2/frame_compression.h"

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_disassembler.h"
#include "msg/protocol/v2/frame_tag.h"

namespace siphon::v2 {
namespace {

using Event = FrameDisassembler::Event;

constexpr size_t kMinSize = 1024;
constexpr FrameCompression::Limits kLimits = {1 << 10, 1 << 20, 1 << 20, 4 << 20};

std::vector<BufferList> Message(const std::string& front, const std::string& data) {
  return {BufferList::CopyOf(std::string(41, 'h')), BufferList::CopyOf(front), BufferList(),
          BufferList::CopyOf(data)};
}

// The dialling side writes, the accepting one reads.
class Pair {
 public:
  Pair(bool revision1, bool secure, CompressionAlgorithm algorithm,
       const FrameCompression::Limits& limits = kLimits) {
    const std::string secret(64, 's');
    assembler_.set_revision1(revision1);
    disassembler_.set_revision1(revision1);
    if (secure) {
      EXPECT_TRUE(assembler_.EnableSecure(secret, true).ok());
      EXPECT_TRUE(disassembler_.EnableSecure(secret, false).ok());
    }
    assembler_.EnableCompression({algorithm, kMinSize});
    disassembler_.EnableCompression({algorithm, kMinSize}, limits);
  }

  void Write(const std::vector<BufferList>& segments) {
    ASSERT_TRUE(assembler_.Append(Tag::kMessage, segments, &out_).ok());
  }
  size_t written() const { return out_.size(); }

  // All segments of the next frame.
  absl::StatusOr<std::vector<std::string>> Read() {
    stream_ += out_.ToString();
    out_.Clear();
    std::string_view rest = stream_;
    while (true) {
      const absl::StatusOr<Event> event = disassembler_.Consume(&rest);
      if (!event.ok()) return event.status();
      if (*event == Event::kPreamble) was_compressed_ = disassembler_.preamble().compressed;
      if (*event == Event::kNeedMore) return absl::OutOfRangeError("no more frames");
      if (*event != Event::kFrame) continue;
      stream_ = std::string(rest);
      std::vector<std::string> segments;
      for (size_t i = 0; i < kMaxSegments; ++i) {
        segments.push_back(disassembler_.TakeSegment(i).ToString());
      }
      return segments;
    }
  }
  bool was_compressed() const { return was_compressed_; }

 private:
  FrameAssembler assembler_;
  FrameDisassembler disassembler_;
  OutputBuffer out_;
  std::string stream_;
  bool was_compressed_ = false;
};

class FrameCompressionTest
    : public testing::TestWithParam<std::tuple<bool, bool, CompressionAlgorithm>> {
 protected:
  Pair NewPair() {
    return Pair(std::get<0>(GetParam()), std::get<1>(GetParam()), std::get<2>(GetParam()));
  }
};

TEST_P(FrameCompressionTest, AMessageComesBackAndTookLessOfTheWire) {
  Pair pair = NewPair();
  const std::string front(3000, 'f');
  const std::string data(1 << 20, 'd');
  for (int i = 0; i < 3; ++i) {
    pair.Write(Message(front, data));
    EXPECT_LT(pair.written(), data.size() / 10);
    const auto read = pair.Read();
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(pair.was_compressed());
    EXPECT_TRUE(*read == (std::vector<std::string>{std::string(41, 'h'), front, "", data}));
  }
}

TEST_P(FrameCompressionTest, SmallFramesGoAsTheyAre) {
  Pair pair = NewPair();
  pair.Write(Message(std::string(kMinSize - 42, 'f'), ""));
  ASSERT_TRUE(pair.Read().ok());
  EXPECT_FALSE(pair.was_compressed());
  pair.Write(Message(std::string(kMinSize - 41, 'f'), ""));
  ASSERT_TRUE(pair.Read().ok());
  EXPECT_TRUE(pair.was_compressed());
}

TEST_P(FrameCompressionTest, WhatDoesNotBecomeSmallerGoesAsItIs) {
  Pair pair = NewPair();
  std::string noise(5000, '\0');
  uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  pair.Write({BufferList::CopyOf(noise.substr(0, 41)), BufferList(), BufferList(),
              BufferList::CopyOf(noise)});
  const auto read = pair.Read();
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(pair.was_compressed());
  EXPECT_TRUE((*read)[3] == noise);
}

TEST_P(FrameCompressionTest, EachSegmentHasItsLimit) {
  for (const size_t segment : {1, 3}) {
    FrameCompression::Limits limits = kLimits;
    limits[segment] = 9999;
    Pair pair(std::get<0>(GetParam()), std::get<1>(GetParam()), std::get<2>(GetParam()), limits);
    std::vector<BufferList> frame = Message("front", "data");
    frame[segment] = BufferList::CopyOf(std::string(9999, 'x'));
    pair.Write(frame);
    EXPECT_TRUE(pair.Read().ok());
    frame[segment] = BufferList::CopyOf(std::string(10'000, 'x'));
    pair.Write(frame);
    const absl::Status status = pair.Read().status();
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                testing::HasSubstr("segment " + std::to_string(segment)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FrameCompressionTest,
    testing::Combine(testing::Bool(), testing::Bool(),
                     testing::Values(CompressionAlgorithm::kSnappy, CompressionAlgorithm::kZlib,
                                     CompressionAlgorithm::kZstd, CompressionAlgorithm::kLz4)));

TEST(FrameCompressionRefusalTest, ACompressedFrameThatWasNotAgreedOnIsRefusedAtItsPreamble) {
  FrameAssembler assembler;
  assembler.set_revision1(true);
  assembler.EnableCompression({CompressionAlgorithm::kZstd, 0});
  OutputBuffer out;
  ASSERT_TRUE(assembler.Append(Tag::kMessage, Message(std::string(500, 'f'), ""), &out).ok());
  FrameDisassembler disassembler;
  disassembler.set_revision1(true);
  const std::string stream = out.ToString().substr(0, kPreambleSize);
  std::string_view rest = stream;
  EXPECT_TRUE(absl::IsInvalidArgument(disassembler.Consume(&rest).status()));
}

TEST(FrameCompressionRefusalTest, ASegmentOfAnotherAlgorithmIsRefused) {
  FrameAssembler assembler;
  assembler.EnableCompression({CompressionAlgorithm::kZstd, 0});
  OutputBuffer out;
  ASSERT_TRUE(assembler.Append(Tag::kMessage, Message(std::string(500, 'f'), ""), &out).ok());
  FrameDisassembler disassembler;
  disassembler.EnableCompression({CompressionAlgorithm::kLz4, 0}, kLimits);
  const std::string stream = out.ToString();
  std::string_view rest = stream;
  absl::StatusOr<Event> event = disassembler.Consume(&rest);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(*event, Event::kPreamble);
  EXPECT_TRUE(absl::IsDataLoss(disassembler.Consume(&rest).status()));
}

}  // namespace
}  // namespace siphon::v2
