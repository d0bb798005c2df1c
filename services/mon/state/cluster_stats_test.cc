#include "services/mon/state/cluster_stats.h"

#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"
#include "services/rados/crush_map.h"

namespace siphon::mon {
namespace {

using rados::ObjectStatSum;

// Two OSDs that are up, and a pool with placement groups on both.
class ClusterStatsTest : public MonFixture {
 protected:
  void SetUp() override {
    Up(0);
    Up(1);
    for (const int osd : {0, 1})
      ASSERT_TRUE(osds_->CreateOrMove(osd, 0x10000, {{"root", "default"}, {"host", "h"}}).ok());
    PoolMonitor::Spec spec;
    spec.name = "p";
    spec.pg_num = 16;
    ASSERT_TRUE(pools_->Create(spec).ok());
  }

  // What osd.N would report, with so many objects of 1000 bytes in each of its groups.
  rados::MPgStats& Fill(rados::MPgStats& report, int32_t osd, int64_t objects,
                        int64_t write_kb = 0) {
    report.fsid = map().fsid;
    report.osd_stat.kb = 1000;
    report.osd_stat.kb_used = 100;
    report.osd_stat.kb_avail = 900;
    for (uint32_t ps = 0; ps < 16; ++ps) {
      if (map().PgToUpActing({1, ps}).acting_primary != osd) continue;
      rados::PgStat& stat = report.pgs[{1, ps}];
      stat.state = rados::PgStat::kActive | rados::PgStat::kClean;
      stat.sum[ObjectStatSum::kObjects] = objects;
      stat.sum[ObjectStatSum::kBytes] = objects * 1000;
      stat.sum[ObjectStatSum::kWriteKb] = write_kb;
      stat.sum[ObjectStatSum::kWrites] = write_kb;
    }
    return report;
  }
  void Report(int32_t osd, int64_t objects, int64_t write_kb = 0) {
    rados::MPgStats report;
    ASSERT_TRUE(stats_.Report(osd, Fill(report, osd, objects, write_kb), map()).ok());
  }

  ClusterStats stats_{&clock_};
};

TEST_F(ClusterStatsTest, AddsUpWhatEachOsdReports) {
  Report(0, 2);
  Report(1, 2);
  EXPECT_EQ(stats_.Pool(1).sum[ObjectStatSum::kObjects], 32);
  EXPECT_EQ(stats_.AllPools().sum[ObjectStatSum::kBytes], 32000);
  EXPECT_EQ(stats_.AllOsds(map()).kb_used, 200);
  Report(0, 2);  // a newer report replaces
  EXPECT_EQ(stats_.Pool(1).sum[ObjectStatSum::kObjects], 32);
}

TEST_F(ClusterStatsTest, BelievesOnlyTheOsdThatLeadsAGroup) {
  rados::MPgStats report;
  Fill(report, 0, 5);
  EXPECT_TRUE(stats_.Report(1, report, map()).ok());
  EXPECT_EQ(stats_.Pool(1).sum[ObjectStatSum::kObjects], 0);
  report.fsid = rados::Uuid();
  EXPECT_FALSE(stats_.Report(0, report, map()).ok());
}

TEST_F(ClusterStatsTest, TellsTheStateOfEveryGroup) {
  EXPECT_EQ(stats_.States(map()), (std::map<uint64_t, uint64_t>{{0, 16}}));  // unknown
  EXPECT_FALSE(stats_.Complete(map()));
  Report(0, 1);
  Report(1, 1);
  EXPECT_TRUE(stats_.Complete(map()));
  const uint64_t clean = rados::PgStat::kActive | rados::PgStat::kClean;
  EXPECT_EQ(stats_.States(map()), (std::map<uint64_t, uint64_t>{{clean, 16}}));
  ASSERT_TRUE(osds_->MarkDown(1).ok());
  stats_.Prune(map());
  EXPECT_EQ(stats_.States(map()).size(), 2u);
  EXPECT_GT(stats_.States(map())[clean | rados::PgStat::kStale], 0u);
}

TEST_F(ClusterStatsTest, ForgetsAPoolThatIsDeleted) {
  ASSERT_TRUE(config_.Set("mon_allow_pool_delete", "true").ok());
  Report(0, 3);
  ASSERT_TRUE(pools_->Delete(1).ok());
  stats_.Prune(map());
  EXPECT_EQ(stats_.AllPools().sum[ObjectStatSum::kObjects], 0);
}

TEST_F(ClusterStatsTest, ASnapshotIsPurgedWhenEveryGroupSaysSo) {
  rados::OsdMap map = this->map();
  map.removed_snaps_queue[1] = {{3, 2}, {9, 1}};
  rados::MPgStats report[2];
  for (const int osd : {0, 1}) {
    for (auto& [pg, stat] : Fill(report[osd], osd, 1).pgs) stat.purged_snaps = {{3, 2}, {9, 1}};
  }
  ASSERT_TRUE(stats_.Report(0, report[0], map).ok());
  EXPECT_TRUE(stats_.PurgedSnaps(map).empty()) << "groups of osd.1 have not said anything";
  report[1].pgs.begin()->second.purged_snaps = {{4, 1}, {7, 1}};
  ASSERT_TRUE(stats_.Report(1, report[1], map).ok());
  EXPECT_EQ(stats_.PurgedSnaps(map), (std::map<int64_t, rados::IntervalSet>{{1, {{4, 1}}}}));
  map.removed_snaps_queue.clear();
  EXPECT_TRUE(stats_.PurgedSnaps(map).empty());
}

TEST_F(ClusterStatsTest, KnowsHowMuchWorkTheLastSecondsHad) {
  Report(0, 1, 0);
  EXPECT_FALSE(stats_.PoolRates(1).any());
  const int64_t groups = stats_.Pool(1).sum[ObjectStatSum::kObjects];
  clock_.Advance(absl::Seconds(2));
  Report(0, 1, 20);
  EXPECT_EQ(stats_.PoolRates(1).write_bytes, groups * 10 * 1024);
  EXPECT_EQ(stats_.AllRates().writes, groups * 10);
  clock_.Advance(absl::Seconds(11));
  EXPECT_FALSE(stats_.AllRates().any());
}

}  // namespace
}  // namespace siphon::mon
