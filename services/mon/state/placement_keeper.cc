#include "services/mon/state/placement_keeper.h"

#include <cstdint>
#include <vector>

namespace siphon::mon {
namespace {

using rados::OsdMap;
using rados::OsdMapIncremental;
using rados::PgId;

// `home` first, and then who else CRUSH has chosen, no more than before.
std::vector<int32_t> WithHomeFirst(int32_t home, const std::vector<int32_t>& others, size_t size) {
  std::vector<int32_t> osds = {home};
  for (const int32_t osd : others)
    if (osd != home && osd != rados::kCrushItemNone && osds.size() < size) osds.push_back(osd);
  return osds;
}

}  // namespace

absl::Status KeepPlacement(const OsdMap& before, OsdMapIncremental* change) {
  OsdMap after = before;
  if (absl::Status status = after.Apply(*change); !status.ok()) return status;
  // What CRUSH alone wants.
  OsdMap natural = after;
  natural.pg_upmap.clear();
  natural.pg_temp.clear();
  for (const auto& [id, pool] : before.pools) {
    const rados::PgPool* stays = after.FindPool(id);
    if (stays == nullptr || !stays->is_replicated()) continue;
    for (uint32_t ps = 0; ps < pool.pg_num; ++ps) {
      const PgId pg{static_cast<uint64_t>(id), ps};
      const int32_t home = before.PgToUpActing(pg).acting_primary;
      if (home < 0 || !after.Exists(home)) continue;
      const OsdMap::Placement wanted = natural.PgToUpActing(pg);
      if (wanted.acting_primary == home) {
        if (after.pg_upmap.contains(pg)) change->old_pg_upmap.insert(pg);
        if (after.pg_temp.contains(pg)) change->new_pg_temp[pg] = {};
        continue;
      }
      if (after.PgToUpActing(pg).acting_primary == home) continue;
      const std::vector<int32_t> pinned = WithHomeFirst(home, wanted.up, stays->size);
      if (after.IsIn(home))
        change->new_pg_upmap[pg] = pinned;
      else if (after.IsUp(home))
        change->new_pg_temp[pg] = pinned;
    }
  }
  return absl::OkStatus();
}

}  // namespace siphon::mon
