#include "services/mon/state/osd_monitor.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"
#include "services/rados/messages/osd_failure.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

class OsdMonitorTest : public MonFixture {
 protected:
  absl::Status Report(int32_t target, int32_t reporter,
                      uint8_t flags = rados::MOsdFailure::kFailed) {
    rados::MOsdFailure failure;
    failure.fsid = map().fsid;
    failure.target = target;
    failure.target_addrs = Addr(target);
    failure.flags = flags;
    return osds_->Failure(reporter, failure);
  }
  void UpTo(int32_t n) {
    for (int32_t osd = 0; osd < n; ++osd) Up(osd);
  }
};

TEST_F(OsdMonitorTest, GivesAStoreTheSameNumberEachTime) {
  EXPECT_EQ(*osds_->NewOsd(StoreUuid(0), -1), 0);
  EXPECT_EQ(*osds_->NewOsd(StoreUuid(1), -1), 1);
  const uint32_t epoch = maps_->epoch();
  EXPECT_EQ(*osds_->NewOsd(StoreUuid(0), -1), 0);
  EXPECT_EQ(maps_->epoch(), epoch);
  EXPECT_EQ(*osds_->NewOsd(StoreUuid(7), 7), 7);
  EXPECT_EQ(*osds_->NewOsd(StoreUuid(2), -1), 2);
  EXPECT_EQ(osds_->NewOsd(StoreUuid(8), 7).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(osds_->NewOsd(StoreUuid(0), 3).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_FALSE(osds_->NewOsd(StoreUuid(9), 10000).ok());
  EXPECT_FALSE(osds_->NewOsd(rados::Uuid(), -1).ok());
}

TEST_F(OsdMonitorTest, BringsABootingOsdUpAndInWithItsAddresses) {
  Up(0);
  EXPECT_TRUE(map().IsUp(0) && map().IsIn(0));
  EXPECT_EQ(map().ClientAddrs(0), Addr(0));
  EXPECT_EQ(map().ClusterAddrs(0), Addr(0, 6900));
  EXPECT_EQ(map().osd_info[0].up_from, maps_->epoch());
  EXPECT_EQ(map().osd_uuid[0], StoreUuid(0));
  EXPECT_EQ(map().last_up_change, clock_.Now());
}

TEST_F(OsdMonitorTest, FillsAddressesThatLackAnIp) {
  ASSERT_TRUE(osds_->NewOsd(StoreUuid(0), -1).ok());
  rados::MOsdBoot boot;
  Fill(boot, 0).cluster_addrs = *EntityAddrVec::Parse("v1:0.0.0.0:6901/7");
  ASSERT_TRUE(osds_->Boot(0, Addr(0), boot).ok());
  EXPECT_EQ(map().ClusterAddrs(0).ToString(), "v1:127.0.0.1:6901/7");
}

TEST_F(OsdMonitorTest, RefusesToBootWhatIsNotThatOsd) {
  ASSERT_TRUE(osds_->NewOsd(StoreUuid(0), -1).ok());
  const uint32_t epoch = maps_->epoch();
  rados::MOsdBoot other_store;
  Fill(other_store, 0).superblock.osd_fsid = StoreUuid(5);
  EXPECT_FALSE(osds_->Boot(0, Addr(0), other_store).ok());
  rados::MOsdBoot other_cluster;
  Fill(other_cluster, 0).superblock.cluster_fsid = StoreUuid(5);
  EXPECT_FALSE(osds_->Boot(0, Addr(0), other_cluster).ok());
  rados::MOsdBoot unknown;
  EXPECT_FALSE(osds_->Boot(3, Addr(3), Fill(unknown, 3)).ok());
  rados::MOsdBoot other_number;
  EXPECT_FALSE(osds_->Boot(0, Addr(0), Fill(other_number, 1)).ok());
  rados::MOsdBoot nowhere;
  EXPECT_FALSE(osds_->Boot(0, EntityAddrVec(), Fill(nowhere, 0)).ok());
  EXPECT_EQ(maps_->epoch(), epoch);
}

TEST_F(OsdMonitorTest, ABootFromAnotherAddressTakesTheOldOneDownFirst) {
  Up(0);
  const uint32_t epoch = maps_->epoch();
  rados::MOsdBoot boot;
  ASSERT_TRUE(osds_->Boot(0, Addr(0, 7000), Fill(boot, 0)).ok());
  EXPECT_EQ(maps_->epoch(), epoch + 2);
  EXPECT_EQ(map().osd_info[0].down_at, epoch + 1);
  EXPECT_EQ(map().osd_info[0].up_from, epoch + 2);
  rados::MOsdBoot same;
  ASSERT_TRUE(osds_->Boot(0, Addr(0, 7000), Fill(same, 0)).ok());
  EXPECT_EQ(maps_->epoch(), epoch + 2);
}

TEST_F(OsdMonitorTest, WaitsForTwoReporters) {
  UpTo(4);
  ASSERT_TRUE(Report(0, 1).ok());
  ASSERT_TRUE(Report(0, 1).ok());
  EXPECT_TRUE(map().IsUp(0));
  ASSERT_TRUE(Report(0, 2).ok());
  EXPECT_TRUE(map().IsDown(0));
  EXPECT_TRUE(map().IsIn(0));
}

TEST_F(OsdMonitorTest, OneReporterIsEnoughInAClusterOfTwo) {
  UpTo(2);
  ASSERT_TRUE(Report(0, 1).ok());
  EXPECT_TRUE(map().IsDown(0));
}

TEST_F(OsdMonitorTest, BelievesAtOnceThatNobodyListens) {
  UpTo(4);
  ASSERT_TRUE(Report(0, 1, rados::MOsdFailure::kFailed | rados::MOsdFailure::kImmediate).ok());
  EXPECT_TRUE(map().IsDown(0));
}

TEST_F(OsdMonitorTest, AReportTakenBackDoesNotCount) {
  UpTo(4);
  ASSERT_TRUE(Report(0, 1).ok());
  ASSERT_TRUE(Report(0, 1, rados::MOsdFailure::kStillAlive).ok());
  ASSERT_TRUE(Report(0, 2).ok());
  EXPECT_TRUE(map().IsUp(0));
}

TEST_F(OsdMonitorTest, RefusesReportsThatAreStaleOrByTheDead) {
  UpTo(3);
  rados::MOsdFailure stale;
  stale.fsid = map().fsid;
  stale.target = 0;
  stale.target_addrs = Addr(0, 9000);
  EXPECT_FALSE(osds_->Failure(1, stale).ok());
  ASSERT_TRUE(osds_->MarkDown(2).ok());
  EXPECT_FALSE(Report(0, 2).ok());
  EXPECT_FALSE(Report(0, 77).ok());
  EXPECT_TRUE(map().IsUp(0));
}

TEST_F(OsdMonitorTest, NodownKeepsOsdsUp) {
  UpTo(2);
  ASSERT_TRUE(*osds_->SetFlags(rados::OsdMap::kNoDown, true));
  EXPECT_FALSE(Report(0, 1).ok());
  EXPECT_TRUE(map().IsUp(0));
}

TEST_F(OsdMonitorTest, MarksAnOsdOutThatWasDownForLongAndInWhenItBoots) {
  UpTo(2);
  ASSERT_TRUE(osds_->MarkDown(0).ok());
  clock_.Advance(absl::Seconds(599));
  osds_->Beacon(1);
  ASSERT_TRUE(osds_->Tick().ok());
  EXPECT_TRUE(map().IsIn(0));
  clock_.Advance(absl::Seconds(1));
  ASSERT_TRUE(osds_->Tick().ok());
  EXPECT_TRUE(map().IsOut(0));
  EXPECT_TRUE((map().State(0) & rados::kOsdAutoOut) != 0);
  const uint32_t epoch = maps_->epoch();
  ASSERT_TRUE(osds_->Tick().ok());
  EXPECT_EQ(maps_->epoch(), epoch);
  rados::MOsdBoot boot;
  ASSERT_TRUE(osds_->Boot(0, Addr(0), Fill(boot, 0)).ok());
  EXPECT_TRUE(map().IsIn(0));
  EXPECT_EQ(map().State(0), rados::kOsdExists | rados::kOsdUp);
}

TEST_F(OsdMonitorTest, LeavesOutWhatAPersonPutOut) {
  Up(0);
  ASSERT_TRUE(*osds_->SetWeight(0, 0));
  ASSERT_TRUE(osds_->MarkDown(0).ok());
  rados::MOsdBoot boot;
  ASSERT_TRUE(osds_->Boot(0, Addr(0), Fill(boot, 0)).ok());
  EXPECT_TRUE(map().IsOut(0));
}

TEST_F(OsdMonitorTest, MarksAnOsdDownThatSendsNoBeacons) {
  UpTo(2);
  clock_.Advance(absl::Seconds(899));
  osds_->Beacon(1);
  ASSERT_TRUE(osds_->Tick().ok());
  EXPECT_TRUE(map().IsUp(0));
  clock_.Advance(absl::Seconds(1));
  ASSERT_TRUE(osds_->Tick().ok());
  EXPECT_TRUE(map().IsDown(0));
  EXPECT_TRUE(map().IsUp(1));
}

TEST_F(OsdMonitorTest, GivesOsdsTimeForABeaconAfterTheMonitorRestarted) {
  Up(0);
  clock_.Advance(absl::Hours(5));
  OsdMonitor restarted(&config_, &clock_, maps_.get());
  ASSERT_TRUE(restarted.Tick().ok());
  EXPECT_TRUE(map().IsUp(0));
  clock_.Advance(absl::Seconds(900));
  ASSERT_TRUE(restarted.Tick().ok());
  EXPECT_TRUE(map().IsDown(0));
}

TEST_F(OsdMonitorTest, RecordsUpThruOnlyForwards) {
  Up(0);
  const uint32_t epoch = maps_->epoch();
  ASSERT_TRUE(osds_->Alive(0, epoch, epoch).ok());
  EXPECT_EQ(map().osd_info[0].up_thru, epoch);
  ASSERT_TRUE(osds_->Alive(0, 1, 1).ok());
  EXPECT_EQ(maps_->epoch(), epoch + 1);
  EXPECT_FALSE(osds_->Alive(4, 1, 1).ok());
}

TEST_F(OsdMonitorTest, TakesTemporaryPlacementsOfUpOsdsOnly) {
  UpTo(2);
  PoolMonitor::Spec spec;
  spec.name = "p";
  spec.size = 2;
  const int64_t pool = *pools_->Create(spec);
  rados::MOsdPgTemp request;
  const rados::PgId pg{static_cast<uint64_t>(pool), 3};
  request.pg_temp = {{pg, {1, 0}}, {{99, 0}, {0}}, {{static_cast<uint64_t>(pool), 4}, {5}}};
  ASSERT_TRUE(osds_->PgTemp(0, request).ok());
  EXPECT_EQ(map().pg_temp.size(), 1u);
  EXPECT_EQ(map().PgToUpActing(pg).acting_primary, 1);
  request.pg_temp = {{pg, {}}};
  ASSERT_TRUE(osds_->PgTemp(0, request).ok());
  EXPECT_TRUE(map().pg_temp.empty());
}

TEST_F(OsdMonitorTest, RemovesOnlyOsdsThatAreDown) {
  Up(0);
  EXPECT_FALSE(osds_->RemoveOsd(0).ok());
  ASSERT_TRUE(osds_->MarkDown(0).ok());
  EXPECT_TRUE(*osds_->RemoveOsd(0));
  EXPECT_FALSE(map().Exists(0));
  EXPECT_FALSE(*osds_->RemoveOsd(0));
}

TEST_F(OsdMonitorTest, PutsOsdsIntoTheHierarchyOnce) {
  Up(0);
  EXPECT_TRUE(*osds_->CreateOrMove(0, 0x10000, {{"root", "default"}, {"host", "a"}}));
  const uint32_t epoch = maps_->epoch();
  EXPECT_FALSE(*osds_->CreateOrMove(0, 0x10000, {{"root", "default"}, {"host", "a"}}));
  EXPECT_EQ(maps_->epoch(), epoch);
  EXPECT_FALSE(osds_->CreateOrMove(9, 1, {{"host", "a"}}).ok());
  EXPECT_EQ(map().crush_version, 2);
}

}  // namespace
}  // namespace siphon::mon
