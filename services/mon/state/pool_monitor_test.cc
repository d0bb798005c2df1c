#include "services/mon/state/pool_monitor.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"

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
  EXPECT_EQ(pools_->EnableApplication(1, "rbd", false).code(), absl::StatusCode::kPermissionDenied);
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

TEST_F(PoolMonitorTest, RenamesWithoutTouchingTheNumber) {
  ASSERT_TRUE(Create("p").ok());
  ASSERT_TRUE(Create("q").ok());
  EXPECT_EQ(pools_->Rename(1, "q").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(pools_->Rename(9, "r").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(pools_->Rename(1, "r").ok());
  EXPECT_EQ(map().FindPoolByName("r"), 1);
  EXPECT_FALSE(map().FindPoolByName("p"));
}

TEST_F(PoolMonitorTest, SnapshotsOfAPoolAreInItsMap) {
  ASSERT_TRUE(Create("p").ok());
  EXPECT_TRUE(*pools_->CreateSnap(1, "s1"));
  EXPECT_FALSE(*pools_->CreateSnap(1, "s1"));
  EXPECT_TRUE(*pools_->CreateSnap(1, "s2"));
  const rados::PgPool& pool = *map().FindPool(1);
  EXPECT_TRUE(pool.HasFlag(rados::PgPool::kPoolSnaps));
  EXPECT_EQ(pool.snap_seq, 2u);
  EXPECT_EQ(pool.snaps.at(1).name, "s1");
  EXPECT_EQ(pool.snap_epoch, map().epoch);
  EXPECT_TRUE(*pools_->RemoveSnap(1, "s1"));
  EXPECT_FALSE(*pools_->RemoveSnap(1, "s1"));
  // This is what makes the OSDs trim.
  EXPECT_EQ(map().new_removed_snaps.at(1), (rados::IntervalSet{{1, 1}}));
  EXPECT_EQ(map().removed_snaps_queue.at(1), (rados::IntervalSet{{1, 1}}));
  EXPECT_EQ(map().FindPool(1)->snap_seq, 3u);
}

TEST_F(PoolMonitorTest, AClientsSnapshotsAndThePoolsOwnDoNotMix) {
  ASSERT_TRUE(Create("p").ok());
  ASSERT_TRUE(Create("q").ok());
  ASSERT_TRUE(pools_->CreateSnap(1, "s").ok());
  EXPECT_EQ(pools_->CreateUnmanagedSnap(1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(pools_->DeleteUnmanagedSnap(1, 1).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(pools_->CreateUnmanagedSnap(2).ok());
  EXPECT_EQ(pools_->CreateSnap(2, "s").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(pools_->RemoveSnap(2, "s").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PoolMonitorTest, KeepsQuotasAndValuesOfApplications) {
  ASSERT_TRUE(Create("p").ok());
  ASSERT_TRUE(pools_->SetQuota(1, 100, std::nullopt).ok());
  ASSERT_TRUE(pools_->SetQuota(1, std::nullopt, 4096).ok());
  EXPECT_EQ(map().FindPool(1)->quota_objects, 100u);
  EXPECT_EQ(map().FindPool(1)->quota_bytes, 4096u);
  EXPECT_EQ(pools_->SetApplicationValue(1, "rbd", "k", "v").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(pools_->EnableApplication(1, "rbd", false).ok());
  ASSERT_TRUE(pools_->SetApplicationValue(1, "rbd", "k", "v").ok());
  EXPECT_EQ(map().FindPool(1)->applications.at("rbd").at("k"), "v");
  ASSERT_TRUE(pools_->SetApplicationValue(1, "rbd", "k", std::nullopt).ok());
  EXPECT_TRUE(map().FindPool(1)->applications.at("rbd").empty());
  ASSERT_TRUE(pools_->DisableApplication(1, "rbd").ok());
  EXPECT_TRUE(map().FindPool(1)->applications.empty());
}

}  // namespace
}  // namespace siphon::mon
