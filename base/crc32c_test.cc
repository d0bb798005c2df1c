#include "base/crc32c.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

std::string RandomBytes(size_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string out(n, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

TEST(Crc32cTest, AgreesWithTheKnownCheckValue) {
  EXPECT_EQ(~Crc32c(0xffffffff, "123456789"), 0xe3069283u);
}

// RFC 3720, section B.4.
TEST(Crc32cTest, AgreesWithTheVectorsOfIscsi) {
  EXPECT_EQ(~Crc32c(0xffffffff, std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(~Crc32c(0xffffffff, std::string(32, '\xff')), 0x62a8ab43u);
  std::string rising(32, '\0');
  for (size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<char>(i);
  EXPECT_EQ(~Crc32c(0xffffffff, rising), 0x46dd794eu);
}

TEST(Crc32cTest, NoBytesLeaveTheSeed) {
  EXPECT_EQ(Crc32c(0x1234, ""), 0x1234u);
  EXPECT_EQ(Crc32cZeros(0x1234, 0), 0x1234u);
}

TEST(Crc32cTest, ContinuesAtEverySplit) {
  const std::string bytes = RandomBytes(100, 1);
  const uint32_t whole = Crc32c(7, bytes);
  for (size_t i = 0; i <= bytes.size(); ++i) {
    const std::string_view view = bytes;
    EXPECT_EQ(Crc32c(Crc32c(7, view.substr(0, i)), view.substr(i)), whole) << i;
  }
}

TEST(Crc32cTest, ZerosAreAsGoodAsZeroBytes) {
  for (const size_t n : {1, 2, 3, 7, 8, 64, 1000, 4096, 65537, 1000000}) {
    for (const uint32_t seed : {0u, 1u, 0xffffffffu, 0xdeadbeefu}) {
      EXPECT_EQ(Crc32cZeros(seed, n), Crc32c(seed, std::string(n, '\0'))) << n;
    }
  }
}

TEST(Crc32cTest, ZerosAddUpBeyondWhatMemoryHolds) {
  const uint64_t half = uint64_t{1} << 40;
  EXPECT_EQ(Crc32cZeros(Crc32cZeros(5, half), half + 3), Crc32cZeros(5, 2 * half + 3));
}

TEST(Crc32cTest, ConcatNeedsNoBytes) {
  for (const size_t split : {0, 1, 13, 500, 999, 1000}) {
    const std::string bytes = RandomBytes(1000, split);
    const std::string_view view = bytes;
    const uint32_t a = Crc32c(0xffffffff, view.substr(0, split));
    const uint32_t b = Crc32c(0, view.substr(split));
    EXPECT_EQ(Crc32cConcat(a, b, bytes.size() - split), Crc32c(0xffffffff, bytes));
  }
}

}  // namespace
}  // namespace siphon
