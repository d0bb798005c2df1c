#include "msg/protocol/v2/compression_algorithm.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon::v2 {
namespace {

TEST(CompressionAlgorithmTest, ListsAreReadInTheirOrder) {
  EXPECT_THAT(*ParseCompressionAlgorithms("zstd, lz4;snappy\tzlib"),
              testing::ElementsAre(3, 4, 1, 2));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseCompressionAlgorithms("zstd brotli").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseCompressionAlgorithms("none").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseCompressionAlgorithms(" ").status()));
}

TEST(CompressionAlgorithmTest, NumbersOfTheProtocolAreKnown) {
  EXPECT_FALSE(IsCompression(0));
  EXPECT_TRUE(IsCompression(4));
  EXPECT_FALSE(IsCompression(5));
  EXPECT_EQ(CompressionAlgorithmName(static_cast<CompressionAlgorithm>(99)), "unknown");
}

}  // namespace
}  // namespace siphon::v2
