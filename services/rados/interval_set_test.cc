#include "services/rados/interval_set.h"

#include <cstdint>
#include <limits>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"

namespace siphon::rados {
namespace {

constexpr uint64_t kLast = std::numeric_limits<uint64_t>::max();

TEST(IntervalSetTest, AUnionJoinsWhatTouches) {
  EXPECT_EQ(Union({{1, 2}}, {{3, 1}}), (IntervalSet{{1, 3}}));
  EXPECT_EQ(Union({{1, 5}}, {{2, 1}}), (IntervalSet{{1, 5}}));
  EXPECT_EQ(Union({{7, 1}}, {{1, 1}}), (IntervalSet{{1, 1}, {7, 1}}));
  EXPECT_EQ(Union({}, {}), IntervalSet{});
}

TEST(IntervalSetTest, WhatIsTakenAwayLeavesTheRest) {
  EXPECT_EQ(Subtract({{1, 10}}, {{3, 2}, {8, 1}}), (IntervalSet{{1, 2}, {5, 3}, {9, 2}}));
  EXPECT_EQ(Subtract({{1, 3}}, {{1, 3}}), IntervalSet{});
  EXPECT_EQ(Subtract({{5, 1}}, {{1, 100}}), IntervalSet{});
  EXPECT_EQ(Subtract({{5, 1}}, {}), (IntervalSet{{5, 1}}));
}

TEST(IntervalSetTest, AnIntersectionIsWhatBothHave) {
  EXPECT_EQ(Intersect({{1, 10}}, {{3, 2}, {8, 20}}), (IntervalSet{{3, 2}, {8, 3}}));
  EXPECT_EQ(Intersect({{1, 2}}, {{3, 2}}), IntervalSet{});
  EXPECT_EQ(Intersect({}, {{3, 2}}), IntervalSet{});
}

TEST(IntervalSetTest, TakesWhatIsOutOfOrder) {
  EXPECT_EQ(Subtract({{9, 1}, {1, 4}, {2, 1}}, {{4, 1}, {2, 1}}),
            (IntervalSet{{1, 1}, {3, 1}, {9, 1}}));
  EXPECT_EQ(Union({{5, 0}}, {{4, 0}}), IntervalSet{});
}

TEST(IntervalSetTest, NothingPassesTheLastNumber) {
  EXPECT_EQ(Union({{kLast - 1, kLast}}, {{3, kLast}}), (IntervalSet{{3, kLast - 3}}));
  EXPECT_EQ(Intersect({{0, kLast}}, {{kLast - 2, 100}}), (IntervalSet{{kLast - 2, 2}}));
  EXPECT_EQ(Subtract({{0, kLast}}, {{1, kLast}}), (IntervalSet{{0, 1}}));
}

TEST(IntervalSetTest, TravelsAsACountAndPairs) {
  BufferList bytes;
  Encoder e(&bytes);
  EncodeIntervalSet(e, {{4, 2}, {9, 1}});
  EXPECT_EQ(bytes.size(), 4u + 2 * 16);
  Decoder d(bytes);
  EXPECT_EQ(DecodeIntervalSet(d), (IntervalSet{{4, 2}, {9, 1}}));
  EXPECT_TRUE(d.ok());
}

}  // namespace
}  // namespace siphon::rados
