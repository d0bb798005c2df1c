#include "services/mon/pool_monitor.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/mon/mon_fixture.h"

namespace siphon::mon {
namespace {

class PoolMonitorTest : public MonFixture {
 protected:
  absl::StatusOr<int64_t> Create(const std::string& name, int64_t pg_num = 0, int64_t size = 0) {
    PoolMonitor::Spec spec;
    spec.name = name;
    spec.pg_num = pg_num;
    spec.size = size;
    return pools_->Create(spec);
  }
};

TEST_F(PoolMonitorTest, CreatesAPoolWithTheDefaultsOfTheConfiguration) {
  ASSERT_TRUE(config_.Set("osd_pool_default_pg_num", "32").ok());
  ASSERT_TRUE(config_.Set("osd_pool_default_size", "3").ok());
  EXPECT_EQ(*Create("p"), 1);
  const rados::PgPool& pool = *map().FindPool(1);
  EXPECT_EQ(pool.pg_num, 32u);
  EXPECT_EQ(pool.size, 3);
  EXPECT_EQ(pool.min_size, 2);
  EXPECT_EQ(pool.flags, uint64_t{rados::PgPool::kHashPsPool});
  EXPECT_EQ(pool.last_change, maps_->epoch());
  EXPECT_EQ(map().FindPoolByName("p"), 1);
}

TEST_F(PoolMonitorTest, RefusesNamesAndNumbersThatCannotBe) {
  ASSERT_TRUE(Create("p").ok());
  EXPECT_EQ(Create("p").status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_FALSE(Create("").ok());
  EXPECT_EQ(Create("q", 65537).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_FALSE(Create("q", 8, 11).ok());
  PoolMonitor::Spec spec;
  spec.name = "q";
  spec.rule = "none";
  EXPECT_EQ(pools_->Create(spec).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(map().pools.size(), 1u);
}

TEST_F(PoolMonitorTest, LimitsPlacementGroupsPerOsd) {
  // 250 per OSD, and three OSDs at least are counted on.
  EXPECT_TRUE(Create("p", 512).ok());
  EXPECT_EQ(Create("q", 256).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(Create("q", 128).ok());
}

TEST_F(PoolMonitorTest, NeverGivesANumberTwice) {
  ASSERT_TRUE(config_.Set("mon_allow_pool_delete", "true").ok());
  ASSERT_EQ(*Create("p"), 1);
  ASSERT_TRUE(pools_->Delete(1).ok());
  EXPECT_EQ(*Create("p"), 2);
}

TEST_F(PoolMonitorTest, DeletesOnlyWhenItMay) {
  ASSERT_TRUE(Create("p").ok());
  EXPECT_EQ(pools_->Delete(1).code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(config_.Set("mon_allow_pool_delete", "true").ok());
  ASSERT_TRUE(pools_->Set(1, "nodelete", "1").ok());
  EXPECT_EQ(pools_->Delete(1).code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(pools_->Set(1, "nodelete", "false").ok());
  ASSERT_TRUE(pools_->Delete(1).ok());
  EXPECT_EQ(pools_->Delete(1).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(map().pools.empty() && map().pool_names.empty());
}

TEST_F(PoolMonitorTest, AsksBeforeASecondApplication) {
  ASSERT_TRUE(Create("p").ok());
  EXPECT_TRUE(pools_->EnableApplication(1, "rados", false).ok());
  const uint32_t epoch = maps_->epoch();
  EXPECT_TRUE(pools_->EnableApplication(1, "rados", false).ok());
  EXPECT_EQ(maps_->epoch(), epoch);
  EXPECT_EQ(pools_->EnableApplication(1, "rbd", false).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(pools_->EnableApplication(1, "rbd", true).ok());
  EXPECT_EQ(map().FindPool(1)->applications.size(), 2u);
}

TEST_F(PoolMonitorTest, SetsSizesWithinTheirBounds) {
  ASSERT_TRUE(Create("p").ok());
  ASSERT_TRUE(pools_->Set(1, "size", "3").ok());
  EXPECT_EQ(map().FindPool(1)->min_size, 2);
  EXPECT_FALSE(pools_->Set(1, "min_size", "4").ok());
  EXPECT_FALSE(pools_->Set(1, "size", "many").ok());
  EXPECT_EQ(pools_->Set(1, "pg_num", "16").code(), absl::StatusCode::kUnimplemented);
}

TEST_F(PoolMonitorTest, NumbersUnmanagedSnapshotsAndQueuesThoseRemoved) {
  ASSERT_TRUE(Create("p").ok());
  EXPECT_EQ(*pools_->CreateUnmanagedSnap(1), 2u);
  EXPECT_EQ(*pools_->CreateUnmanagedSnap(1), 3u);
  ASSERT_TRUE(pools_->DeleteUnmanagedSnap(1, 2).ok());
  EXPECT_EQ(map().removed_snaps_queue.at(1), (rados::IntervalSet{{2, 1}}));
  EXPECT_FALSE(pools_->DeleteUnmanagedSnap(1, 9).ok());
}

}  // namespace
}  // namespace siphon::mon
