#include "services/osd/pg/byte_ranges.h"

#include <map>

#include "base/buffer_list.h"
#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

using Ranges = std::map<uint64_t, uint64_t>;

TEST(ByteRangesTest, JoinsWhatTouchesOrOverlaps) {
  ByteRanges set;
  set.Insert(10, 10);
  set.Insert(30, 10);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 10}, {30, 10}}));
  set.Insert(20, 10);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 30}}));
  set.Insert(5, 100);
  EXPECT_EQ(set.ranges(), (Ranges{{5, 100}}));
  set.Insert(50, 0);
  EXPECT_EQ(set.ranges(), (Ranges{{5, 100}}));
}

TEST(ByteRangesTest, ErasesFromTheMiddleAndAcrossRanges) {
  ByteRanges set;
  set.Insert(0, 100);
  set.Erase(40, 20);
  EXPECT_EQ(set.ranges(), (Ranges{{0, 40}, {60, 40}}));
  set.Erase(30, 50);
  EXPECT_EQ(set.ranges(), (Ranges{{0, 30}, {80, 20}}));
  set.Erase(0, ~uint64_t{0});
  EXPECT_TRUE(set.empty());
}

TEST(ByteRangesTest, AnEndPastSixtyFourBitsIsCut) {
  ByteRanges set;
  set.Insert(~uint64_t{0} - 5, 100);
  EXPECT_EQ(set.ranges(), (Ranges{{~uint64_t{0} - 5, 5}}));
}

TEST(ByteRangesTest, KeepsWhatBothHave) {
  ByteRanges a;
  a.Insert(0, 50);
  a.Insert(60, 10);
  ByteRanges b;
  b.Insert(40, 25);
  a.Intersect(b);
  EXPECT_EQ(a.ranges(), (Ranges{{40, 10}, {60, 5}}));
}

TEST(ByteRangesTest, ReadsBackWhatItWrote) {
  ByteRanges set;
  set.Insert(1, 2);
  set.Insert(8, 4);
  BufferList bytes;
  Encoder e(&bytes);
  set.Encode(e);
  Decoder d(bytes);
  EXPECT_EQ(ByteRanges::Decode(d), set);
  EXPECT_TRUE(d.ok());
}

}  // namespace
}  // namespace siphon::osd
