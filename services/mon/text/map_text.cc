#include "services/mon/text/map_text.h"

#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/mon/state/map_names.h"
#include "services/mon/state/pool_options.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

std::string OsdList(const std::vector<int32_t>& osds) {
  return absl::StrCat("[", absl::StrJoin(osds, ","), "]");
}

std::string OptionText(const PoolOptionValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<int64_t>(&value)) return absl::StrCat(*number);
  return absl::StrCat(std::get<double>(value));
}

// Where groups are put that CRUSH would put elsewhere.
std::string PlacementText(const rados::OsdMap& map) {
  std::string text;
  for (const auto& [pg, osds] : map.pg_upmap)
    absl::StrAppend(&text, "pg_upmap ", pg.ToString(), " ", OsdList(osds), "\n");
  for (const auto& [pg, pairs] : map.pg_upmap_items) {
    std::vector<int32_t> osds;
    for (const auto& [from, to] : pairs) osds.insert(osds.end(), {from, to});
    absl::StrAppend(&text, "pg_upmap_items ", pg.ToString(), " ", OsdList(osds), "\n");
  }
  for (const auto& [pg, osds] : map.pg_temp)
    absl::StrAppend(&text, "pg_temp ", pg.ToString(), " ", OsdList(osds), "\n");
  for (const auto& [pg, osd] : map.primary_temp)
    absl::StrAppend(&text, "primary_temp ", pg.ToString(), " ", osd, "\n");
  return text;
}

}  // namespace

std::string OsdText(const rados::OsdMap& map, int32_t osd) {
  const rados::OsdInfo& info = map.osd_info[osd];
  std::vector<std::string> states;
  if (map.Exists(osd)) states.push_back("exists");
  if (map.IsUp(osd)) states.push_back("up");
  if ((map.State(osd) & rados::kOsdAutoOut) != 0) states.push_back("autoout");
  if ((map.State(osd) & rados::kOsdNew) != 0) states.push_back("new");
  std::string text = absl::StrFormat(
      "osd.%d %s %s weight %g up_from %u up_thru %u down_at %u last_clean_interval [%u,%u) %s %s "
      "%s",
      osd, map.IsUp(osd) ? "up  " : "down", map.IsIn(osd) ? "in " : "out",
      map.Weight(osd) / 65536.0, info.up_from, info.up_thru, info.down_at, info.last_clean_begin,
      info.last_clean_end, map.client_addrs[osd].ToString(), map.cluster_addrs[osd].ToString(),
      absl::StrJoin(states, ","));
  if (!map.osd_uuid[osd].is_zero()) absl::StrAppend(&text, " ", map.osd_uuid[osd].ToString());
  return text;
}

std::string PoolText(const rados::OsdMap& map, int64_t id) {
  const rados::PgPool* pool = map.FindPool(id);
  if (!pool) return "";
  constexpr const char* kAutoscale[] = {"off", "warn", "on"};
  const auto name = map.pool_names.find(id);
  std::string text = absl::StrFormat(
      "pool %d '%s' %s size %d min_size %d crush_rule %d object_hash rjenkins pg_num %u pgp_num %u "
      "autoscale_mode %s last_change %u",
      id, name == map.pool_names.end() ? "" : name->second,
      pool->is_replicated() ? "replicated" : "erasure", pool->size, pool->min_size,
      pool->crush_rule, pool->pg_num, pool->pgp_num,
      pool->pg_autoscale_mode < 3 ? kAutoscale[pool->pg_autoscale_mode] : "unknown",
      pool->last_change);
  if (pool->flags != 0) absl::StrAppend(&text, " flags ", PoolFlagNames(pool->flags));
  if (pool->quota_bytes != 0) absl::StrAppend(&text, " max_bytes ", pool->quota_bytes);
  if (pool->quota_objects != 0) absl::StrAppend(&text, " max_objects ", pool->quota_objects);
  absl::StrAppend(&text, " stripe_width ", pool->stripe_width);
  if (pool->expected_num_objects != 0)
    absl::StrAppend(&text, " expected_num_objects ", pool->expected_num_objects);
  for (const auto& [option, value] : PoolOptionsByName(pool->options))
    absl::StrAppend(&text, " ", option, " ", OptionText(*value));
  if (!pool->applications.empty()) {
    std::vector<std::string> applications;
    for (const auto& item : pool->applications) applications.push_back(item.first);
    absl::StrAppend(&text, " application ", absl::StrJoin(applications, ","));
  }
  for (const auto& [snap_id, snap] : pool->snaps)
    absl::StrAppend(&text, "\n\tsnap ", snap_id, " '", snap.name, "' ", TimeText(snap.stamp));
  if (const auto queue = map.removed_snaps_queue.find(id);
      queue != map.removed_snaps_queue.end() && !queue->second.empty())
    absl::StrAppend(&text, "\n\tremoved_snaps_queue ", IntervalText(queue->second));
  return text;
}

std::string OsdMapText(const rados::OsdMap& map) {
  std::string text =
      absl::StrCat("epoch ", map.epoch, "\nfsid ", map.fsid.ToString(), "\ncreated ",
                   TimeText(map.created), "\nmodified ", TimeText(map.modified), "\nflags ",
                   OsdMapFlagNames(map.flags), "\ncrush_version ", map.crush_version, "\n");
  absl::StrAppendFormat(&text, "full_ratio %g\nbackfillfull_ratio %g\nnearfull_ratio %g\n",
                        map.full_ratio, map.backfillfull_ratio, map.nearfull_ratio);
  absl::StrAppend(&text, "require_min_compat_client ", ReleaseName(map.require_min_compat_client),
                  "\nmin_compat_client ", MinCompatClient(map), "\nrequire_osd_release ",
                  ReleaseName(map.require_osd_release), "\nstretch_mode_enabled false\n");
  for (const auto& item : map.pools) absl::StrAppend(&text, PoolText(map, item.first), "\n");
  absl::StrAppend(&text, "max_osd ", map.max_osd, "\n");
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    if (map.Exists(osd)) absl::StrAppend(&text, OsdText(map, osd), "\n");
  text += PlacementText(map);
  for (const auto& [addr, until] : map.blocklist)
    absl::StrAppend(&text, "blocklist ", addr.HostPortNonce(), " expires ", TimeText(until), "\n");
  return text;
}

std::string MonMapText(const rados::MonMap& map) {
  std::string text = absl::StrCat(
      "epoch ", map.epoch, "\nfsid ", map.fsid.ToString(), "\nlast_changed ",
      TimeText(map.last_changed), "\ncreated ", TimeText(map.created), "\nmin_mon_release ",
      static_cast<int>(map.min_mon_release), " (", ReleaseName(map.min_mon_release),
      ")\nelection_strategy: ", static_cast<int>(map.election_strategy), "\n");
  for (size_t rank = 0; rank < map.ranks.size(); ++rank)
    absl::StrAppend(&text, rank, ": ", map.FindRank(rank)->addrs.ToString(), " mon.",
                    map.ranks[rank], "\n");
  return text;
}

}  // namespace siphon::mon
