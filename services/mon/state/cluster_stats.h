// ClusterStats: the figures that OSDs report, by placement group, pool and OSD.
//
// The figures live in memory: after a restart of the monitor they come again with the OSDs' next
// reports. A report counts for the groups that its sender leads by the map of now; what is gone
// from the map is forgotten.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_STATE_CLUSTER_STATS_H_
#define SIPHON_SERVICES_MON_STATE_CLUSTER_STATS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "services/rados/interval_set.h"
#include "services/rados/messages/pg_stats.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_stat.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_stat.h"
#include "services/rados/pool_stat.h"

namespace siphon::mon {

class ClusterStats {
 public:
  // Work of clients in the last seconds, per second.
  struct Rates {
    int64_t read_bytes = 0;
    int64_t write_bytes = 0;
    int64_t reads = 0;
    int64_t writes = 0;
    bool any() const { return read_bytes > 0 || write_bytes > 0 || reads > 0 || writes > 0; }
  };
  struct Group {
    rados::PgId id;
    rados::PgStat stat;  // with the state and OSDs that the map of now gives it
  };

  explicit ClusterStats(Clock* clock) : clock_(clock) {}

  // What osd.`osd` reports. InvalidArgument: another cluster's.
  absl::Status Report(int32_t osd, const rados::MPgStats& report, const rados::OsdMap& map);
  // Forgets OSDs and groups that the map has no more.
  void Prune(const rados::OsdMap& map);
  // Counts reports and changes of the map; the "version" of the figures.
  uint64_t version() const { return version_; }
  absl::Time stamp() const { return stamp_; }

  // Sums over groups; zeros for a pool without reports.
  rados::PoolStat Pool(int64_t pool) const;
  rados::PoolStat AllPools() const;
  Rates PoolRates(int64_t pool) const;
  Rates AllRates() const;

  // Null before the OSD's first report.
  const rados::OsdStat* Osd(int32_t osd) const;
  // Those that exist and are in.
  rados::OsdStat AllOsds(const rados::OsdMap& map) const;
  // Whether every OSD that is up has reported.
  bool Complete(const rados::OsdMap& map) const;

  // All groups of the map's pools, or of one; in the order of the pools and groups.
  std::vector<Group> Groups(const rados::OsdMap& map, int64_t pool = -1) const;
  Group DescribeGroup(const rados::OsdMap& map, const rados::PgId& pg) const;
  // Removed snapshots in the map's queue of which no group of their pool has anything any more.
  std::map<int64_t, rados::IntervalSet> PurgedSnaps(const rados::OsdMap& map) const;
  // Number of groups by their state.
  std::map<uint64_t, uint64_t> States(const rados::OsdMap& map) const;

 private:
  // A pool's sum, as it was.
  struct Sample {
    MonoNanos when = 0;
    rados::ObjectStatSum sum;
  };
  static Rates RatesOf(const std::deque<Sample>& samples, MonoNanos now);
  void AddSample(int64_t pool);

  Clock* const clock_;
  uint64_t version_ = 0;
  absl::Time stamp_ = absl::UnixEpoch();
  std::map<rados::PgId, rados::PgStat> groups_;
  std::map<int32_t, rados::OsdStat> osds_;
  std::map<int64_t, std::deque<Sample>> samples_;  // by pool
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_CLUSTER_STATS_H_
