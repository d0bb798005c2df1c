#include "services/mon/state/cluster_stats.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/status/status.h"

namespace siphon::mon {
namespace {

using rados::ObjectStatSum;
using rados::PgStat;

// Rates are of this long; without a report in it there is no work.
constexpr absl::Duration kRateWindow = absl::Seconds(10);
constexpr size_t kMaxSamples = 64;

bool InMap(const rados::OsdMap& map, const rados::PgId& pg) {
  const rados::PgPool* pool = map.FindPool(static_cast<int64_t>(pg.pool));
  return pool != nullptr && pg.ps < pool->pg_num;
}

// What the map makes of a group that its OSD serves, or of one that was never reported.
uint64_t StateBy(const rados::OsdMap::Placement& place, const rados::PgPool& pool,
                 uint64_t reported, bool primary_known) {
  if (place.acting_primary < 0) return reported == 0 ? 0 : reported | PgStat::kStale;
  if (!primary_known) return reported == 0 ? 0 : reported | PgStat::kStale;
  uint64_t state = PgStat::kActive;
  const size_t held =
      static_cast<size_t>(std::count_if(place.acting.begin(), place.acting.end(),
                                        [](int32_t osd) { return osd != rados::kCrushItemNone; }));
  if (held < pool.size)
    state |= PgStat::kUndersized;
  else
    state |= PgStat::kClean;
  if (place.up != place.acting) state |= PgStat::kRemapped;
  return state | (reported & PgStat::kSnapTrim);
}

void Add(const PgStat& stat, rados::PoolStat* pool) {
  pool->sum += stat.sum;
  pool->log_size += stat.log_size;
  pool->ondisk_log_size += stat.ondisk_log_size;
  pool->up += static_cast<int32_t>(stat.up.size());
  pool->acting += static_cast<int32_t>(stat.acting.size());
}

int64_t PerSecond(const ObjectStatSum& from, const ObjectStatSum& to, ObjectStatSum::Field field,
                  double seconds) {
  const double done = static_cast<double>(to[field]) - static_cast<double>(from[field]);
  return done <= 0 ? 0 : static_cast<int64_t>(std::min(done / seconds, 1e15));
}

}  // namespace

absl::Status ClusterStats::Report(int32_t osd, const rados::MPgStats& report,
                                  const rados::OsdMap& map) {
  if (report.fsid != map.fsid) return absl::InvalidArgumentError("figures of another cluster");
  if (!map.IsUp(osd)) return absl::OkStatus();  // it was marked down since
  osds_[osd] = report.osd_stat;
  std::set<int64_t> pools;
  for (const auto& [pg, stat] : report.pgs) {
    if (!InMap(map, pg) || map.PgToUpActing(pg).acting_primary != osd) continue;
    groups_[pg] = stat;
    pools.insert(static_cast<int64_t>(pg.pool));
  }
  for (const int64_t pool : pools) AddSample(pool);
  ++version_;
  stamp_ = clock_->Now();
  return absl::OkStatus();
}

void ClusterStats::AddSample(int64_t pool) {
  std::deque<Sample>& samples = samples_[pool];
  const MonoNanos now = clock_->Monotonic();
  samples.push_back({now, Pool(pool).sum});
  // One sample before the window says what was at its beginning.
  while (samples.size() > kMaxSamples ||
         (samples.size() > 2 && absl::Nanoseconds(now - samples[1].when) > kRateWindow))
    samples.pop_front();
}

void ClusterStats::Prune(const rados::OsdMap& map) {
  std::erase_if(groups_, [&map](const auto& item) { return !InMap(map, item.first); });
  std::erase_if(samples_, [&map](const auto& item) { return map.FindPool(item.first) == nullptr; });
  std::erase_if(osds_, [&map](const auto& item) { return !map.IsUp(item.first); });
  ++version_;
}

rados::PoolStat ClusterStats::Pool(int64_t pool) const {
  rados::PoolStat total;
  const auto id = static_cast<uint64_t>(pool);
  for (auto it = groups_.lower_bound({id, 0}); it != groups_.end() && it->first.pool == id; ++it)
    Add(it->second, &total);
  return total;
}

rados::PoolStat ClusterStats::AllPools() const {
  rados::PoolStat total;
  for (const auto& item : groups_) Add(item.second, &total);
  return total;
}

ClusterStats::Rates ClusterStats::RatesOf(const std::deque<Sample>& samples, MonoNanos now) {
  Rates rates;
  if (samples.size() < 2 || absl::Nanoseconds(now - samples.back().when) > kRateWindow)
    return rates;
  const Sample& from = samples.front();
  const Sample& to = samples.back();
  const double seconds = absl::ToDoubleSeconds(absl::Nanoseconds(to.when - from.when));
  if (seconds <= 0) return rates;
  rates.read_bytes = PerSecond(from.sum, to.sum, ObjectStatSum::kReadKb, seconds) * 1024;
  rates.write_bytes = PerSecond(from.sum, to.sum, ObjectStatSum::kWriteKb, seconds) * 1024;
  rates.reads = PerSecond(from.sum, to.sum, ObjectStatSum::kReads, seconds);
  rates.writes = PerSecond(from.sum, to.sum, ObjectStatSum::kWrites, seconds);
  return rates;
}

ClusterStats::Rates ClusterStats::PoolRates(int64_t pool) const {
  const auto it = samples_.find(pool);
  return it == samples_.end() ? Rates() : RatesOf(it->second, clock_->Monotonic());
}

ClusterStats::Rates ClusterStats::AllRates() const {
  Rates all;
  for (const auto& item : samples_) {
    const Rates one = RatesOf(item.second, clock_->Monotonic());
    all.read_bytes += one.read_bytes;
    all.write_bytes += one.write_bytes;
    all.reads += one.reads;
    all.writes += one.writes;
  }
  return all;
}

const rados::OsdStat* ClusterStats::Osd(int32_t osd) const {
  const auto it = osds_.find(osd);
  return it == osds_.end() ? nullptr : &it->second;
}

rados::OsdStat ClusterStats::AllOsds(const rados::OsdMap& map) const {
  rados::OsdStat all;
  for (const auto& [osd, stat] : osds_) {
    if (!map.IsIn(osd)) continue;
    // No disk has so many that the sum of 2^17 of them overflows.
    const auto add = [](int64_t* to, int64_t n) {
      *to += std::clamp<int64_t>(n, 0, std::numeric_limits<int64_t>::max() >> 18);
    };
    all.num_pgs += stat.num_pgs;
    add(&all.kb, stat.kb);
    add(&all.kb_used, stat.kb_used);
    add(&all.kb_avail, stat.kb_avail);
    add(&all.kb_used_data, stat.kb_used_data);
    add(&all.kb_used_omap, stat.kb_used_omap);
    add(&all.kb_used_meta, stat.kb_used_meta);
  }
  return all;
}

bool ClusterStats::Complete(const rados::OsdMap& map) const {
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    if (map.IsUp(osd) && !osds_.contains(osd)) return false;
  return true;
}

ClusterStats::Group ClusterStats::DescribeGroup(const rados::OsdMap& map,
                                                const rados::PgId& pg) const {
  Group group;
  group.id = pg;
  const auto reported = groups_.find(pg);
  if (reported != groups_.end()) group.stat = reported->second;
  rados::OsdMap::Placement place = map.PgToUpActing(pg);
  const rados::PgPool* pool = map.FindPool(static_cast<int64_t>(pg.pool));
  if (pool != nullptr)
    group.stat.state =
        StateBy(place, *pool, group.stat.state, osds_.contains(place.acting_primary));
  group.stat.up = std::move(place.up);
  group.stat.acting = std::move(place.acting);
  group.stat.up_primary = place.up_primary;
  group.stat.acting_primary = place.acting_primary;
  return group;
}

std::vector<ClusterStats::Group> ClusterStats::Groups(const rados::OsdMap& map,
                                                      int64_t pool) const {
  std::vector<Group> groups;
  for (const auto& [id, settings] : map.pools) {
    if (pool >= 0 && id != pool) continue;
    for (uint32_t ps = 0; ps < settings.pg_num; ++ps)
      groups.push_back(DescribeGroup(map, {static_cast<uint64_t>(id), ps}));
  }
  return groups;
}

std::map<int64_t, rados::IntervalSet> ClusterStats::PurgedSnaps(const rados::OsdMap& map) const {
  std::map<int64_t, rados::IntervalSet> purged;
  for (const auto& [id, queue] : map.removed_snaps_queue) {
    const rados::PgPool* pool = map.FindPool(id);
    if (pool == nullptr) continue;
    rados::IntervalSet by_all = queue;
    for (uint32_t ps = 0; ps < pool->pg_num && !by_all.empty(); ++ps) {
      const auto group = groups_.find({static_cast<uint64_t>(id), ps});
      if (group == groups_.end()) {
        by_all.clear();
      } else {
        by_all = rados::Intersect(by_all, group->second.purged_snaps);
      }
    }
    if (!by_all.empty()) purged[id] = std::move(by_all);
  }
  return purged;
}

std::map<uint64_t, uint64_t> ClusterStats::States(const rados::OsdMap& map) const {
  std::map<uint64_t, uint64_t> states;
  for (const Group& group : Groups(map)) ++states[group.stat.state];
  return states;
}

}  // namespace siphon::mon
