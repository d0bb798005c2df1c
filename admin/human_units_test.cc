#include "admin/human_units.h"

#include <gtest/gtest.h>

namespace siphon {
namespace {

TEST(HumanUnitsTest, BytesHaveBinaryUnitsAndTwoDigitsAtLeast) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(1023), "1023 B");
  EXPECT_EQ(HumanBytes(1024), "1.0 KiB");
  EXPECT_EQ(HumanBytes(1536), "1.5 KiB");
  EXPECT_EQ(HumanBytes(100 << 20), "100 MiB");
  EXPECT_EQ(HumanBytes((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(HumanBytes(18446744073709551615.0), "16 EiB");
}

TEST(HumanUnitsTest, CountsHaveCommas) {
  EXPECT_EQ(HumanCount(0), "0");
  EXPECT_EQ(HumanCount(999), "999");
  EXPECT_EQ(HumanCount(1000), "1,000");
  EXPECT_EQ(HumanCount(1234567), "1,234,567");
  EXPECT_EQ(HumanCount(18446744073709551615ULL), "18,446,744,073,709,551,615");
}

TEST(HumanUnitsTest, AgesHaveTheUnitOfTheirSize) {
  EXPECT_EQ(HumanAge(absl::ZeroDuration()), "0 s");
  EXPECT_EQ(HumanAge(absl::Microseconds(250)), "250 us");
  EXPECT_EQ(HumanAge(absl::Milliseconds(12)), "12 ms");
  EXPECT_EQ(HumanAge(absl::Milliseconds(1500)), "1.5 s");
  EXPECT_EQ(HumanAge(absl::Seconds(90)), "90 s");
  EXPECT_EQ(HumanAge(absl::Minutes(12)), "12 min");
  EXPECT_EQ(HumanAge(absl::Hours(3)), "3.0 h");
  EXPECT_EQ(HumanAge(absl::Hours(72)), "3.0 d");
}

}  // namespace
}  // namespace siphon
