#include "services/mon/text/size_text.h"

#include "gtest/gtest.h"

namespace siphon::mon {
namespace {

TEST(SizeTextTest, PrintsThreeDigitsAndAUnit) {
  EXPECT_EQ(BytesText(0), "0 B");
  EXPECT_EQ(BytesText(1023), "1023 B");
  EXPECT_EQ(BytesText(10 << 20), "10 MiB");
  EXPECT_EQ(BytesText(1513440), "1.4 MiB");
  EXPECT_EQ(BytesText(683008), "667 KiB");
  EXPECT_EQ(BytesText(4294864896), "4.0 GiB");
  EXPECT_EQ(BytesText(12884218880), "12 GiB");
  EXPECT_EQ(BytesText(~uint64_t{0}), "16 EiB");
}

TEST(SizeTextTest, CountsByThousands) {
  EXPECT_EQ(DecimalText(999), "999");
  EXPECT_EQ(DecimalText(20000), "20k");
  EXPECT_EQ(DecimalText(20500), "20k");
  EXPECT_EQ(DecimalText(1234567), "1.2M");
}

TEST(SizeTextTest, TakesPercentOfNothingAsNothing) {
  EXPECT_EQ(PercentText(4.6, 12288), "0.04");
  EXPECT_EQ(PercentText(1, 0), "0");
  EXPECT_EQ(PercentText(0, 5), "0");
}

}  // namespace
}  // namespace siphon::mon
