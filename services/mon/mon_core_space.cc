// MonCore: OSDs without space, and pools that may not grow.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/mon/mon_core.h"
#include "services/mon/text/crush_walk.h"
#include "services/rados/crush_map.h"
#include "services/rados/messages/osd_full.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/osd_info.h"
#include "services/rados/pg_pool.h"

namespace siphon::mon {
namespace {

using rados::CrushRule;
using rados::OsdMap;
using rados::PgPool;

constexpr uint32_t kOsdBits =
    uint32_t{rados::kOsdNearFull} | uint32_t{rados::kOsdBackfillFull} | uint32_t{rados::kOsdFull};
constexpr uint64_t kPoolBits = uint64_t{PgPool::kNearFull} | uint64_t{PgPool::kBackfillFull} |
                               uint64_t{PgPool::kFull} | uint64_t{PgPool::kFullQuota};

// The OSDs to which a rule may lead.
std::set<int32_t> OsdsOfRule(const OsdMap& map, uint8_t rule) {
  std::set<int32_t> osds;
  const rados::CrushMap& crush = *map.crush;
  if (rule >= crush.rules.size() || !crush.rules[rule]) return osds;
  for (const CrushRule::Step& step : crush.rules[rule]->steps) {
    if (step.op != CrushRule::kTake) continue;
    if (step.arg1 >= 0) osds.insert(step.arg1);
    for (const CrushNode& node : WalkCrush(map, /*shadow=*/true, step.arg1)) {
      if (node.id >= 0) osds.insert(node.id);
    }
  }
  return osds;
}

// What the fullest OSD of a pool makes of it.
uint64_t FlagOf(const OsdMap& map, const std::set<int32_t>& osds) {
  uint32_t all = 0;
  for (const int32_t osd : osds) {
    if (map.IsUp(osd) && map.IsIn(osd)) all |= map.State(osd);
  }
  if ((all & rados::kOsdFull) != 0) return PgPool::kFull;
  if ((all & rados::kOsdBackfillFull) != 0) return PgPool::kBackfillFull;
  return (all & rados::kOsdNearFull) != 0 ? uint64_t{PgPool::kNearFull} : 0;
}

}  // namespace

void MonCore::OnOsdFull(Session& s, Message& m) {
  const auto& full = MessageAs<rados::MOsdFull>(m);
  const OsdMap& map = maps_->current();
  if (!map.IsUp(s.osd) || map.ClientAddrs(s.osd) != s.connection->peer_addrs()) return;
  const uint32_t toggled = (map.State(s.osd) ^ full.state) & kOsdBits;
  if (toggled != 0) {
    const absl::Status status = osds_->Change(
        [&](rados::OsdMapIncremental* change) { change->ToggleState(s.osd, toggled); });
    LOG_IF(ERROR, !status.ok()) << "mon: " << full.Summary() << " of osd." << s.osd << ": "
                                << status;
    CheckSpace();
  }
  ReplyMap(s, full.map_epoch);
}

bool MonCore::IsOverQuota(int64_t id, const PgPool& pool) const {
  const rados::ObjectStatSum sum = stats_->Pool(id).sum;
  const auto over = [](uint64_t quota, int64_t used) {
    return quota != 0 && used > 0 && static_cast<uint64_t>(used) >= quota;
  };
  return over(pool.quota_objects, sum[rados::ObjectStatSum::kObjects]) ||
         over(pool.quota_bytes, sum[rados::ObjectStatSum::kBytes]);
}

void MonCore::TellOfQuota(int64_t pool, bool over) {
  const std::string& name = maps_->current().pool_names.at(pool);
  if (over) {
    log_->Tell(rados::LogEntry::kWarning,
               absl::StrCat("pool '", name, "' is full (reached its quota)"));
  } else {
    log_->Tell(rados::LogEntry::kInfo,
               absl::StrCat("pool '", name, "' no longer out of quota; removing NO_QUOTA flag"));
  }
}

void MonCore::CheckSpace() {
  const OsdMap& map = maps_->current();
  uint32_t states = 0;
  for (const uint32_t state : map.osd_state) states |= state;
  std::vector<std::pair<int64_t, uint64_t>> wanted;
  for (const auto& [id, pool] : map.pools) {
    uint64_t flags = uint64_t{PgPool::kFullQuota} | uint64_t{PgPool::kFull};
    if (!IsOverQuota(id, pool)) {
      flags = (states & kOsdBits) == 0 ? 0 : FlagOf(map, OsdsOfRule(map, pool.crush_rule));
    }
    if (flags != (pool.flags & kPoolBits)) wanted.emplace_back(id, flags);
  }
  for (const auto& [id, flags] : wanted) {
    const bool was_over = maps_->current().pools.at(id).HasFlag(PgPool::kFullQuota);
    const absl::Status status = pools_->SetFlags(id, flags, kPoolBits & ~flags);
    LOG_IF(ERROR, !status.ok()) << "mon: flags of pool " << id << ": " << status;
    const bool is_over = (flags & PgPool::kFullQuota) != 0;
    if (status.ok() && is_over != was_over) TellOfQuota(id, is_over);
  }
}

}  // namespace siphon::mon
