#include "services/mon/commands/health_checks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/osd_tree.h"
#include "services/rados/crush_map.h"
#include "services/rados/osd_info.h"
#include "services/rados/pg_stat.h"

namespace siphon::mon {
namespace {

using rados::OsdMap;
using rados::PgPool;
using rados::PgStat;

constexpr size_t kMaxDetail = 50;  // lines of one check

// Adds the check if there is something to tell; the summary is "N what".
void AddCounted(std::string code, const char* what, std::vector<std::string> detail,
                std::vector<HealthCheck>* checks, bool error = false) {
  if (detail.empty()) return;
  HealthCheck check{std::move(code), absl::StrCat(detail.size(), what), std::move(detail), error,
                    0};
  check.count = static_cast<int64_t>(check.detail.size());
  if (check.detail.size() > kMaxDetail) check.detail.resize(kMaxDetail);
  checks->push_back(std::move(check));
}

void AddOsdChecks(const MonState& state, const OsdMap& map, std::vector<HealthCheck>* checks) {
  std::vector<std::string> down, flagged, full, backfillfull, nearfull;
  int64_t osds = 0;
  constexpr uint32_t kFlags =
      rados::kOsdNoUp | rados::kOsdNoDown | rados::kOsdNoIn | rados::kOsdNoOut;
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.Exists(osd)) continue;
    ++osds;
    if (map.IsDown(osd) && map.IsIn(osd)) {
      std::vector<std::string> place;
      for (const auto& [type, name] : CrushLocationOf(map, osd))
        place.insert(place.begin(), absl::StrCat(type, "=", name));
      down.push_back(absl::StrCat("osd.", osd, place.empty() ? "" : " (", absl::StrJoin(place, ","),
                                  place.empty() ? "" : ")", " is down"));
    }
    if (const uint32_t flags = map.State(osd) & kFlags; flags != 0)
      flagged.push_back(
          absl::StrCat("osd.", osd, " has flags ", absl::StrJoin(OsdStateNames(flags), ",")));
    if (!map.IsUp(osd) || !map.IsIn(osd)) continue;
    // What it said of itself.
    if ((map.State(osd) & rados::kOsdFull) != 0)
      full.push_back(absl::StrCat("osd.", osd, " is full"));
    else if ((map.State(osd) & rados::kOsdBackfillFull) != 0)
      backfillfull.push_back(absl::StrCat("osd.", osd, " is backfill full"));
    else if ((map.State(osd) & rados::kOsdNearFull) != 0)
      nearfull.push_back(absl::StrCat("osd.", osd, " is near full"));
  }
  AddCounted("OSD_DOWN", " osds down", std::move(down), checks);
  AddCounted("OSD_FLAGS",
             " OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} "
             "flags set",
             std::move(flagged), checks);
  AddCounted("OSD_FULL", " full osd(s)", std::move(full), checks, /*error=*/true);
  AddCounted("OSD_BACKFILLFULL", " backfillfull osd(s)", std::move(backfillfull), checks);
  AddCounted("OSD_NEARFULL", " nearfull osd(s)", std::move(nearfull), checks);
  const int64_t copies = state.config->GetInt("osd_pool_default_size");
  if (osds < copies)
    checks->push_back({"TOO_FEW_OSDS",
                       absl::StrCat("OSD count ", osds, " < osd_pool_default_size ", copies),
                       {},
                       false,
                       copies - osds});
}

void AddPoolChecks(const MonState& state, const OsdMap& map, std::vector<HealthCheck>* checks) {
  std::vector<std::string> single, full, backfillfull, nearfull, nameless;
  for (const auto& [id, pool] : map.pools) {
    const std::string& name = map.pool_names.at(id);
    if (pool.is_replicated() && pool.size == 1)
      single.push_back(absl::StrCat("pool '", name, "' has no replicas configured"));
    if (pool.HasFlag(PgPool::kFullQuota))
      full.push_back(absl::StrCat("pool '", name, "' is full (running out of quota)"));
    else if (pool.HasFlag(PgPool::kFull))
      full.push_back(absl::StrCat("pool '", name, "' is full (no space)"));
    else if (pool.HasFlag(PgPool::kBackfillFull))
      backfillfull.push_back(absl::StrCat("pool '", name, "' is backfillfull"));
    else if (pool.HasFlag(PgPool::kNearFull))
      nearfull.push_back(absl::StrCat("pool '", name, "' is nearfull"));
    if (pool.applications.empty() && state.stats->Pool(id).sum[rados::ObjectStatSum::kObjects] > 0)
      nameless.push_back(absl::StrCat("application not enabled on pool '", name, "'"));
  }
  const size_t pools = nameless.size();
  if (pools > 0)
    nameless.push_back(
        "use 'ceph osd pool application enable <pool-name> <app-name>', where <app-name> is "
        "'cephfs', 'rbd', 'rgw', or freeform for custom applications.");
  AddCounted("POOL_APP_NOT_ENABLED", " pool(s) do not have an application enabled",
             std::move(nameless), checks);
  if (pools > 0) {
    checks->back().count = static_cast<int64_t>(pools);
    checks->back().summary = absl::StrCat(pools, " pool(s) do not have an application enabled");
  }
  AddCounted("POOL_FULL", " pool(s) full", std::move(full), checks);
  AddCounted("POOL_BACKFILLFULL", " pool(s) backfillfull", std::move(backfillfull), checks);
  AddCounted("POOL_NEARFULL", " pool(s) nearfull", std::move(nearfull), checks);
  AddCounted("POOL_NO_REDUNDANCY", " pool(s) have no replicas configured", std::move(single),
             checks);
}

void AddGroupChecks(const MonState& state, const OsdMap& map, std::vector<HealthCheck>* checks) {
  // Before the OSDs have told their figures nothing is known to be wrong.
  if (!state.stats->Complete(map)) return;
  int64_t inactive = 0, stale = 0;
  std::vector<std::string> detail, undersized;
  for (const auto& group : state.stats->Groups(map)) {
    const uint64_t s = group.stat.state;
    const bool serves = (s & PgStat::kActive) != 0 && (s & PgStat::kStale) == 0;
    if (!serves) {
      ++inactive;
      stale += (s & PgStat::kStale) != 0;
      detail.push_back(absl::StrCat("pg ", group.id.ToString(), " is ", rados::PgStateText(s),
                                    ", acting [", absl::StrJoin(group.stat.acting, ","), "]"));
    } else if ((s & PgStat::kUndersized) != 0) {
      undersized.push_back(absl::StrCat("pg ", group.id.ToString(), " is ", rados::PgStateText(s),
                                        ", acting [", absl::StrJoin(group.stat.acting, ","), "]"));
    }
  }
  if (inactive > 0) {
    HealthCheck check{"PG_AVAILABILITY",
                      absl::StrCat("Reduced data availability: ", inactive,
                                   inactive == 1 ? " pg inactive" : " pgs inactive"),
                      std::move(detail), false, inactive};
    if (stale > 0)
      absl::StrAppend(&check.summary, ", ", stale, stale == 1 ? " pg stale" : " pgs stale");
    if (check.detail.size() > kMaxDetail) check.detail.resize(kMaxDetail);
    checks->push_back(std::move(check));
  }
  if (!undersized.empty()) {
    HealthCheck check{"PG_DEGRADED",
                      absl::StrCat("Degraded data redundancy: ", undersized.size(),
                                   undersized.size() == 1 ? " pg undersized" : " pgs undersized"),
                      std::move(undersized), false, 0};
    check.count = static_cast<int64_t>(check.detail.size());
    if (check.detail.size() > kMaxDetail) check.detail.resize(kMaxDetail);
    checks->push_back(std::move(check));
  }
}

}  // namespace

std::vector<HealthCheck> FindHealthChecks(const MonState& state) {
  const OsdMap& map = state.maps->current();
  std::vector<HealthCheck> checks;
  AddOsdChecks(state, map, &checks);
  const uint32_t unusual = map.flags & ~OsdMap::kFreshFlags;
  if (unusual != 0) {
    const std::string summary = absl::StrCat(OsdMapFlagNames(unusual), " flag(s) set");
    // Ceph counts letters here.
    checks.push_back({"OSDMAP_FLAGS",
                      summary,
                      {},
                      false,
                      static_cast<int64_t>(OsdMapFlagNames(unusual).size())});
  }
  AddPoolChecks(state, map, &checks);
  AddGroupChecks(state, map, &checks);
  std::sort(checks.begin(), checks.end(),
            [](const HealthCheck& a, const HealthCheck& b) { return a.code < b.code; });
  return checks;
}

}  // namespace siphon::mon
