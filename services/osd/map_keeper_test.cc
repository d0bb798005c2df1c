#include "services/osd/map_keeper.h"

#include <utility>

#include "gtest/gtest.h"
#include "services/osd/test_map.h"
#include "services/rados/osd_map_incremental.h"

namespace siphon::osd {
namespace {

using rados::MOsdMap;
using rados::OsdMapIncremental;

// The change from epoch - 1 to `epoch` of a cluster of test maps.
MOsdMap& AddChange(uint32_t epoch, MOsdMap& message) {
  OsdMapIncremental inc;
  inc.fsid = MakeTestMap(1, 1).fsid;
  inc.epoch = epoch;
  message.incrementals[epoch] = inc.Encode();
  return message;
}

TEST(MapKeeperTest, TakesWholeMapsAndTheChangesThatFollow) {
  MapKeeper keeper;
  EXPECT_EQ(keeper.current(), nullptr);
  EXPECT_EQ(keeper.MakeUpdate(0), nullptr);
  ASSERT_TRUE(keeper.Update(*MapMessage(MakeTestMap(5, 2))).ok());
  MOsdMap changes;
  AddChange(6, changes);
  AddChange(7, changes);
  AddChange(4, changes);
  ASSERT_TRUE(keeper.Update(changes).ok());
  EXPECT_EQ(keeper.epoch(), 7u);
  EXPECT_EQ(keeper.current()->epoch, 7u);
  EXPECT_TRUE(keeper.current()->IsUp(1));
}

TEST(MapKeeperTest, SaysWhenAMapInBetweenIsMissing) {
  MapKeeper keeper;
  MOsdMap first;
  EXPECT_EQ(keeper.Update(AddChange(1, first)).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(keeper.Update(*MapMessage(MakeTestMap(5, 2))).ok());
  MOsdMap gap;
  EXPECT_EQ(keeper.Update(AddChange(7, gap)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(keeper.epoch(), 5u);
  ASSERT_TRUE(keeper.UpdateWhole(MakeTestMap(9, 2).Encode()).ok());
  EXPECT_EQ(keeper.epoch(), 9u);
}

TEST(MapKeeperTest, KeepsTheCurrentMapWhenOneDoesNotDecode) {
  MapKeeper keeper;
  ASSERT_TRUE(keeper.Update(*MapMessage(MakeTestMap(5, 2))).ok());
  MOsdMap bad;
  bad.full_maps[6] = BufferList::CopyOf("rubbish");
  EXPECT_FALSE(keeper.Update(bad).ok());
  EXPECT_EQ(keeper.epoch(), 5u);
}

TEST(MapKeeperTest, APeerGetsTheChangesItMissesOrAWholeMap) {
  MapKeeper keeper;
  ASSERT_TRUE(keeper.Update(*MapMessage(MakeTestMap(5, 2))).ok());
  MOsdMap changes;
  AddChange(6, changes);
  ASSERT_TRUE(keeper.Update(AddChange(7, changes)).ok());
  const auto near = keeper.MakeUpdate(6);
  EXPECT_EQ(near->incrementals.size(), 1u);
  EXPECT_TRUE(near->full_maps.empty());
  const auto far = keeper.MakeUpdate(3);
  EXPECT_TRUE(far->incrementals.empty());
  EXPECT_EQ(far->full_maps.begin()->first, 7u);
}

TEST(MapKeeperTest, KeepsABoundedNumberOfChanges) {
  MapKeeper keeper;
  ASSERT_TRUE(keeper.Update(*MapMessage(MakeTestMap(1, 1))).ok());
  const uint32_t last = 2 + MapKeeper::kMaxKept + 5;
  for (uint32_t e = 2; e <= last; ++e) {
    MOsdMap change;
    ASSERT_TRUE(keeper.Update(AddChange(e, change)).ok());
  }
  EXPECT_EQ(keeper.MakeUpdate(last - 50)->incrementals.size(), 50u);
  EXPECT_TRUE(keeper.MakeUpdate(1)->incrementals.empty());
}

}  // namespace
}  // namespace siphon::osd
