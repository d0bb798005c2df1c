#include "msg/protocol/v2/compressor.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"
#include "msg/protocol/v2/compression_algorithm.h"

namespace siphon::v2 {
namespace {

constexpr size_t kLarge = 64 << 20;

std::string Noise(size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(n, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

std::string Prose(size_t n) {
  std::string text;
  for (size_t i = 0; text.size() < n; ++i) text += "object " + std::to_string(i) + " of pool rbd; ";
  text.resize(n);
  return text;
}

std::string U32(uint32_t v) { return std::string(reinterpret_cast<const char*>(&v), sizeof(v)); }

class CompressorTest : public testing::TestWithParam<CompressionAlgorithm> {
 protected:
  static std::string Made(const std::string& plain) {
    const absl::StatusOr<Buffer> made = Compress(GetParam(), BufferList::CopyOf(plain));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? std::string(made->view()) : "";
  }
  static absl::StatusOr<Buffer> Read(std::string_view compressed, size_t max_size = kLarge) {
    return Decompress(GetParam(), compressed, max_size);
  }
};

TEST_P(CompressorTest, WhatWasCompressedComesBack) {
  for (const size_t n : {1, 2, 15, 100, 4095, 4096, 65'535, 65'536, 65'537, 1'000'000}) {
    for (const std::string& plain :
         {Noise(n, static_cast<unsigned>(n)), Prose(n), std::string(n, '\0')}) {
      const absl::StatusOr<Buffer> back = Read(Made(plain), n);
      ASSERT_TRUE(back.ok()) << back.status() << ", " << n;
      ASSERT_TRUE(back->view() == plain) << n;
    }
  }
}

TEST_P(CompressorTest, AListInPiecesIsCompressedAsOne) {
  BufferList list;
  for (int i = 0; i < 9; ++i) list.Append(Buffer::CopyOf(Prose(500 + static_cast<size_t>(i))));
  const std::string plain = list.ToString();
  const absl::StatusOr<Buffer> made = Compress(GetParam(), list);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(list.pieces().size(), 9u) << "the caller's list is as it was";
  EXPECT_LT(made->size(), plain.size() / 2);
  EXPECT_EQ(std::string(Read(made->view())->view()), plain);
}

TEST_P(CompressorTest, ABombIsRefusedBeforeItHasMemory) {
  const std::string bomb = Made(std::string(16 << 20, '\0'));
  ASSERT_LT(bomb.size(), 1u << 20);
  EXPECT_TRUE(absl::IsResourceExhausted(Read(bomb, (16 << 20) - 1).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(Read(bomb, 100).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(Read(bomb, 0).status()));
  EXPECT_TRUE(Read(bomb, 16 << 20).ok());
}

TEST_P(CompressorTest, WhatIsCutShortIsRefused) {
  const std::string whole = Made(Prose(300));
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_FALSE(Read(std::string_view(whole).substr(0, n)).ok()) << n << " of " << whole.size();
  }
  EXPECT_TRUE(Read(whole).ok());
}

TEST_P(CompressorTest, WhatHasMoreBehindItIsRefused) {
  EXPECT_FALSE(Read(Made(Prose(300)) + "more").ok());
}

// The frame's checksum is what finds damage; here it must only do no harm.
TEST_P(CompressorTest, DamageStaysInsideTheMemoryThatWasTaken) {
  const std::string whole = Made(Prose(3000));
  for (size_t at = 0; at < whole.size() * 8; ++at) {
    std::string damaged = whole;
    damaged[at / 8] = static_cast<char>(damaged[at / 8] ^ (1 << (at % 8)));
    const absl::StatusOr<Buffer> read = Read(damaged, 4000);
    if (read.ok()) ASSERT_LE(read->size(), 4000u);
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, CompressorTest,
                         testing::Values(CompressionAlgorithm::kSnappy, CompressionAlgorithm::kZlib,
                                         CompressionAlgorithm::kZstd, CompressionAlgorithm::kLz4),
                         [](const testing::TestParamInfo<CompressionAlgorithm>& info) {
                           return std::string(CompressionAlgorithmName(info.param));
                         });

TEST(CompressorFormatTest, AClaimThatTheBytesCannotKeepIsRefused) {
  // 200 MiB, of a few bytes.
  const uint32_t claim = 200 << 20;
  const size_t max = 256 << 20;
  const std::string varint = absl::HexStringToBytes("80808064");
  EXPECT_TRUE(
      absl::IsDataLoss(Decompress(CompressionAlgorithm::kSnappy, varint + "abc", max).status()));
  EXPECT_TRUE(
      absl::IsDataLoss(Decompress(CompressionAlgorithm::kZstd, U32(claim) + "abc", max).status()));
  EXPECT_TRUE(absl::IsDataLoss(
      Decompress(CompressionAlgorithm::kLz4, U32(1) + U32(claim) + U32(3) + "abc", max).status()));
}

TEST(CompressorFormatTest, Lz4InSeveralBlocksOfWhichOneRefersToAnother) {
  // "abcdabcdabcdabcd" as a block, and 16 bytes 16 before them with a literal tail in the next:
  // what a compressor writes that goes on over a list in pieces.
  const std::string first = absl::HexStringToBytes("f001") + "abcdabcdabcdabcd";
  const std::string second = absl::HexStringToBytes("07100050") + "xyzzy";
  const std::string in = U32(2) + U32(16) + U32(static_cast<uint32_t>(first.size())) + U32(16) +
                         U32(static_cast<uint32_t>(second.size())) + first + second;
  const absl::StatusOr<Buffer> out = Decompress(CompressionAlgorithm::kLz4, in, 100);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(std::string(out->view()), "abcdabcdabcdabcdabcdabcdabcxyzzy");
}

TEST(CompressorFormatTest, Lz4CountsAreChecked) {
  const auto refused = [](const std::string& in) {
    return absl::IsDataLoss(Decompress(CompressionAlgorithm::kLz4, in, 1 << 20).status());
  };
  EXPECT_TRUE(refused(U32(0xffffffff) + std::string(64, 'x')));
  EXPECT_TRUE(refused(U32(0)));
  EXPECT_TRUE(refused(U32(1) + U32(0) + U32(1) + std::string(1, '\0')));
  EXPECT_TRUE(refused(U32(1) + U32(4) + U32(0xffffffff) + "abcd"));
  EXPECT_TRUE(refused(U32(2) + U32(0x80000000) + U32(2) + U32(0x80000000) + U32(2) + "abcd"));
}

TEST(CompressorFormatTest, ZlibHasAMarkAndNoHeader) {
  // "a" as a block of fixed codes, by either library.
  for (const char* hex : {"004b0400", "014b0400"}) {
    const absl::StatusOr<Buffer> out =
        Decompress(CompressionAlgorithm::kZlib, absl::HexStringToBytes(hex), 10);
    ASSERT_TRUE(out.ok()) << out.status();
    EXPECT_EQ(std::string(out->view()), "a");
  }
}

}  // namespace
}  // namespace siphon::v2
