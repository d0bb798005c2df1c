#include "services/objecter/op_target.h"

#include "gtest/gtest.h"
#include "services/rados/map_vectors.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map.h"

namespace siphon::client {
namespace {

using rados::OsdMap;

class OpTargetTest : public ::testing::Test {
 protected:
  OpTargetTest() {
    target_.oid = "foo";
    target_.locator.pool = 1;
  }
  OsdMap map_ = OsdMap::Decode(rados::ReadMapVectorList("osdmap_e15_2osd_2pools.bin")).value();
  OpTarget target_;
};

TEST_F(OpTargetTest, FindsThePlacementGroupAndItsPrimary) {
  EXPECT_TRUE(target_.Place(map_));
  EXPECT_EQ(target_.state, OpTarget::State::kPlaced);
  EXPECT_EQ(target_.raw_hash, 0x7fc1f406u);
  EXPECT_EQ(target_.pg.pg.ToString(), "1.6");
  EXPECT_EQ(target_.osd, map_.PgToUpActing(target_.pg.pg).acting_primary);
  EXPECT_FALSE(target_.Place(map_));  // nothing has changed
}

TEST_F(OpTargetTest, AHashInTheLocatorIsThePlaceItself) {
  target_.oid.clear();
  target_.locator.hash = 3;
  target_.Place(map_);
  EXPECT_EQ(target_.pg.pg.ToString(), "1.3");
}

TEST_F(OpTargetTest, MustBeSentAgainWhenItsPlacementGroupsAreSplit) {
  target_.Place(map_);
  map_.pools.at(1).SetPgNum(16);
  EXPECT_TRUE(target_.Place(map_));
}

TEST_F(OpTargetTest, MustBeSentAgainWhenTheMapDemandsIt) {
  target_.Place(map_);
  map_.pools.at(1).last_force_op_resend = 16;
  EXPECT_TRUE(target_.Place(map_));
  EXPECT_FALSE(target_.Place(map_));
}

TEST_F(OpTargetTest, HasNoPlaceWithoutPoolOrPrimary) {
  map_.osd_state[0] &= ~rados::kOsdUp;
  map_.osd_state[1] &= ~rados::kOsdUp;
  target_.Place(map_);
  EXPECT_EQ(target_.state, OpTarget::State::kNoPrimary);
  EXPECT_EQ(target_.osd, -1);
  map_.pools.erase(1);
  target_.Place(map_);
  EXPECT_EQ(target_.state, OpTarget::State::kNoPool);
}

TEST_F(OpTargetTest, AFullPoolTakesReadsAndDeletionsOnly) {
  map_.pools.at(1).flags |= rados::PgPool::kFull;
  target_.Place(map_);
  EXPECT_EQ(target_.state, OpTarget::State::kPlaced);
  target_.writes = true;
  target_.Place(map_);
  EXPECT_EQ(target_.state, OpTarget::State::kPaused);
  target_.full_try = true;
  EXPECT_TRUE(target_.Place(map_));
  EXPECT_EQ(target_.state, OpTarget::State::kPlaced);
}

}  // namespace
}  // namespace siphon::client
