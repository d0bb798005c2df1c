#include "services/mon/state/placement_keeper.h"

#include <map>

#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

// Three OSDs that are up and in, and a pool on them.
class PlacementKeeperTest : public MonFixture {
 protected:
  void SetUp() override {
    for (const int osd : {0, 1, 2}) {
      Up(osd);
      ASSERT_TRUE(osds_->CreateOrMove(osd, 0x10000, {{"root", "default"}, {"host", "h"}}).ok());
    }
    PoolMonitor::Spec spec;
    spec.name = "p";
    spec.pg_num = 32;
    ASSERT_TRUE(pools_->Create(spec).ok());
    homes_ = Homes();
  }
  std::map<uint32_t, int32_t> Homes() const {
    std::map<uint32_t, int32_t> homes;
    for (uint32_t ps = 0; ps < 32; ++ps) homes[ps] = map().PgToUpActing({1, ps}).acting_primary;
    return homes;
  }

  std::map<uint32_t, int32_t> homes_;
};

TEST_F(PlacementKeeperTest, AnOsdThatIsOutKeepsWhatItHas) {
  ASSERT_TRUE(osds_->SetWeight(1, 0).ok());
  EXPECT_EQ(Homes(), homes_);
  EXPECT_FALSE(map().pg_temp.empty());
  // In again, it needs no pins.
  ASSERT_TRUE(osds_->SetWeight(1, 0x10000).ok());
  EXPECT_EQ(Homes(), homes_);
  EXPECT_TRUE(map().pg_temp.empty());
  EXPECT_TRUE(map().pg_upmap.empty());
}

TEST_F(PlacementKeeperTest, ANewOsdTakesNothingFromTheOthers) {
  Up(3);
  ASSERT_TRUE(osds_->CreateOrMove(3, 0x40000, {{"root", "default"}, {"host", "h"}}).ok());
  EXPECT_EQ(Homes(), homes_);
  EXPECT_FALSE(map().pg_upmap.empty());
  // While a home is down its groups wait for it: nobody else takes their place.
  ASSERT_TRUE(osds_->MarkDown(0).ok());
  for (const auto& [ps, home] : homes_)
    if (home == 0) EXPECT_EQ(map().PgToUpActing({1, ps}).acting_primary, -1) << ps;
}

TEST_F(PlacementKeeperTest, WeightsOfTheHierarchyMoveNothing) {
  ASSERT_TRUE(osds_
                  ->ChangeCrush([](rados::CrushMap* crush) {
                    return rados::CrushBuilder(crush).SetWeight("osd.2", 0x80000);
                  })
                  .ok());
  EXPECT_EQ(Homes(), homes_);
}

TEST_F(PlacementKeeperTest, LetsGroupsMoveWhenItIsTurnedOff) {
  ASSERT_TRUE(config_.Set("mon_keep_placement", "false").ok());
  ASSERT_TRUE(osds_->SetWeight(1, 0).ok());
  EXPECT_NE(Homes(), homes_);
  EXPECT_TRUE(map().pg_temp.empty());
}

TEST_F(PlacementKeeperTest, GroupsOfARemovedOsdGoWhereCrushWants) {
  Up(3);
  ASSERT_TRUE(osds_->CreateOrMove(3, 0x40000, {{"root", "default"}, {"host", "h"}}).ok());
  ASSERT_TRUE(osds_->MarkDown(0).ok());
  ASSERT_TRUE(osds_->RemoveOsd(0, /*from_crush=*/true).ok());
  for (const auto& [ps, home] : Homes()) EXPECT_GT(home, 0) << ps;
}

}  // namespace
}  // namespace siphon::mon
