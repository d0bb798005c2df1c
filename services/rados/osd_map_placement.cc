// OsdMap: from an object's name to the OSDs that hold it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/rados/crush_hash.h"
#include "services/rados/crush_mapper.h"
#include "services/rados/object_hash.h"
#include "services/rados/osd_map.h"

namespace siphon::rados {
namespace {

absl::Status NoSuchPool(int64_t pool, uint32_t epoch) {
  return absl::NotFoundError(absl::StrCat("no pool ", pool, " in OSD map epoch ", epoch));
}

// Replicas may move up when one is missing; an erasure shard keeps its position.
bool CanShift(const PgPool& pool) { return !pool.is_erasure(); }

int32_t FirstOsd(const std::vector<int32_t>& osds) {
  for (const int32_t osd : osds)
    if (osd != kCrushItemNone) return osd;
  return -1;
}

// Keeps the OSDs for which `usable` says yes.
template <typename Usable>
std::vector<int32_t> Keep(const PgPool& pool, const std::vector<int32_t>& osds, Usable usable) {
  std::vector<int32_t> kept;
  for (const int32_t osd : osds) {
    if (usable(osd))
      kept.push_back(osd);
    else if (!CanShift(pool))
      kept.push_back(kCrushItemNone);
  }
  return kept;
}

}  // namespace

absl::StatusOr<PgId> OsdMap::ObjectToRawPg(int64_t pool, std::string_view name,
                                           std::string_view key, std::string_view nspace) const {
  const PgPool* found = FindPool(pool);
  if (!found) return NoSuchPool(pool, epoch);
  if (found->object_hash != PgPool::kObjectHashRjenkins)
    return absl::UnimplementedError(absl::StrCat("pool ", pool, " hashes object names in way ",
                                                 found->object_hash,
                                                 "; only way 2 (rjenkins) is supported"));
  return PgId{static_cast<uint64_t>(pool), ObjectPlacementHash(name, key, nspace)};
}

absl::StatusOr<PgId> OsdMap::RawPgToPg(const PgId& raw) const {
  const PgPool* pool = FindPool(static_cast<int64_t>(raw.pool));
  if (!pool) return NoSuchPool(static_cast<int64_t>(raw.pool), epoch);
  return PgId{raw.pool, pool->PgOfHash(raw.ps)};
}

absl::StatusOr<PgId> OsdMap::ObjectToPg(int64_t pool, std::string_view name, std::string_view key,
                                        std::string_view nspace) const {
  const absl::StatusOr<PgId> raw = ObjectToRawPg(pool, name, key, nspace);
  return raw.ok() ? RawPgToPg(*raw) : raw;
}

OsdMap::Placement OsdMap::PgToUpActing(const PgId& pg) const {
  Placement placement;
  const PgPool* pool = FindPool(static_cast<int64_t>(pg.pool));
  if (!pool || pg.ps >= pool->pg_num) return placement;
  const uint32_t seed = pool->PlacementSeed(pg.pool, pg.ps);
  std::vector<int32_t> raw = RawOf(*pool, pg, seed);
  ApplyUpmap(*pool, pg, raw);
  placement.up = UpOf(*pool, raw);
  placement.up_primary = ApplyAffinity(seed, *pool, placement.up);
  ApplyTemp(*pool, pg, placement);
  return placement;
}

std::vector<int32_t> OsdMap::RawOf(const PgPool& pool, const PgId& pg, uint32_t seed) const {
  // A pool names its rule by "ruleset"; several rules may share one for pools of other sizes.
  int32_t rule = -1;
  for (size_t i = 0; i < crush->rules.size() && rule < 0; ++i) {
    const auto& r = crush->rules[i];
    if (r && r->ruleset == pool.crush_rule && r->type == pool.type && r->min_size <= pool.size &&
        pool.size <= r->max_size)
      rule = static_cast<int32_t>(i);
  }
  const std::vector<int32_t> drawn =
      CrushDoRule(*crush, rule, seed, pool.size, osd_weight, static_cast<int64_t>(pg.pool));
  return Keep(pool, drawn, [this](int32_t osd) { return Exists(osd); });
}

void OsdMap::ApplyUpmap(const PgPool& pool, const PgId& pg, std::vector<int32_t>& raw) const {
  const auto is_out = [this](int32_t osd) { return InRange(osd) && osd_weight[osd] == 0; };
  const auto whole = pg_upmap.find(pg);
  if (whole != pg_upmap.end()) {
    if (std::any_of(whole->second.begin(), whole->second.end(), is_out)) return;
    raw = whole->second;
  }
  const auto items = pg_upmap_items.find(pg);
  if (items == pg_upmap_items.end()) return;
  for (const auto& [from, to] : items->second) {
    if (is_out(to) || std::find(raw.begin(), raw.end(), to) != raw.end()) continue;
    const auto at = std::find(raw.begin(), raw.end(), from);
    if (at != raw.end()) *at = to;
  }
}

std::vector<int32_t> OsdMap::UpOf(const PgPool& pool, const std::vector<int32_t>& raw) const {
  return Keep(pool, raw, [this](int32_t osd) { return IsUp(osd); });
}

// Returns the primary; an OSD of less affinity passes the role on, in proportion.
int32_t OsdMap::ApplyAffinity(uint32_t seed, const PgPool& pool, std::vector<int32_t>& up) const {
  const auto affinity = [this](int32_t osd) {
    return primary_affinity.empty() || !InRange(osd) ? kDefaultAffinity : primary_affinity[osd];
  };
  if (std::none_of(up.begin(), up.end(), [&](int32_t osd) {
        return osd != kCrushItemNone && affinity(osd) != kDefaultAffinity;
      }))
    return FirstOsd(up);
  std::optional<size_t> chosen;
  for (size_t i = 0; i < up.size(); ++i) {
    if (up[i] == kCrushItemNone) continue;
    const uint32_t a = affinity(up[i]);
    const bool refuses = a < kDefaultAffinity && (CrushHash2(seed, up[i]) >> 16) >= a;
    if (!refuses) {
      chosen = i;
      break;
    }
    if (!chosen) chosen = i;  // if all refuse, the first has to
  }
  if (!chosen) return -1;
  const int32_t primary = up[*chosen];
  if (CanShift(pool)) std::rotate(up.begin(), up.begin() + *chosen, up.begin() + *chosen + 1);
  return primary;
}

void OsdMap::ApplyTemp(const PgPool& pool, const PgId& pg, Placement& placement) const {
  const auto temp = pg_temp.find(pg);
  if (temp != pg_temp.end())
    placement.acting = Keep(pool, temp->second, [this](int32_t osd) { return IsUp(osd); });
  const auto primary = primary_temp.find(pg);
  if (primary != primary_temp.end())
    placement.acting_primary = primary->second;
  else if (!placement.acting.empty())
    placement.acting_primary = FirstOsd(placement.acting);
  if (!placement.acting.empty()) return;
  placement.acting = placement.up;
  if (placement.acting_primary == -1) placement.acting_primary = placement.up_primary;
}

}  // namespace siphon::rados
