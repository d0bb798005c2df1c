#include "services/mon/text/map_json.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/mon/state/map_names.h"
#include "services/mon/state/pool_options.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

using rados::OsdMap;
using rados::PgPool;

const char* CacheModeName(uint8_t mode) {
  constexpr const char* kNames[] = {"none",        "writeback", "forward", "readonly",
                                    "readforward", "readproxy", "proxy"};
  return mode < std::size(kNames) ? kNames[mode] : "unknown";
}

Json SnapsByPoolJson(const std::map<int64_t, rados::IntervalSet>& snaps) {
  Json out = Json::array();
  for (const auto& [pool, set] : snaps) {
    Json intervals = Json::array();
    for (const auto& [start, length] : set)
      intervals.push_back({{"begin", start}, {"length", length}});
    out.push_back({{"pool", pool}, {"snaps", intervals}});
  }
  return out;
}

Json OsdXInfoJson(const OsdMap& map, int32_t osd) {
  const rados::OsdXInfo& info = map.osd_xinfo[osd];
  return {
      {"osd", osd},
      {"down_stamp", TimeText(info.down_stamp)},
      {"laggy_probability", info.laggy_probability / double{0xffffffff}},
      {"laggy_interval", info.laggy_interval},
      {"features", info.features},
      {"old_weight", info.old_weight},
      {"last_purged_snaps_scrub", TimeText(info.last_purged_snaps_scrub)},
      {"dead_epoch", info.dead_epoch},
  };
}

void AddPlacement(const OsdMap& map, Json* out) {
  Json& upmap = (*out)["pg_upmap"] = Json::array();
  for (const auto& [pg, osds] : map.pg_upmap)
    upmap.push_back({{"pgid", pg.ToString()}, {"osds", osds}});
  Json& items = (*out)["pg_upmap_items"] = Json::array();
  for (const auto& [pg, pairs] : map.pg_upmap_items) {
    Json mappings = Json::array();
    for (const auto& [from, to] : pairs) mappings.push_back({{"from", from}, {"to", to}});
    items.push_back({{"pgid", pg.ToString()}, {"mappings", mappings}});
  }
  Json& temp = (*out)["pg_temp"] = Json::array();
  for (const auto& [pg, osds] : map.pg_temp)
    temp.push_back({{"pgid", pg.ToString()}, {"osds", osds}});
  Json& primary = (*out)["primary_temp"] = Json::array();
  for (const auto& [pg, osd] : map.primary_temp)
    primary.push_back({{"pgid", pg.ToString()}, {"osd", osd}});
}

Json MergeMetaJson(const rados::PgMergeMeta& meta) {
  return {
      {"source_pgid", meta.source_pg.ToString()},
      {"ready_epoch", meta.ready_epoch},
      {"last_epoch_started", meta.last_epoch_started},
      {"last_epoch_clean", meta.last_epoch_clean},
      {"source_version", absl::StrCat(meta.source_epoch, "'", meta.source_version)},
      {"target_version", absl::StrCat(meta.target_epoch, "'", meta.target_version)},
  };
}

}  // namespace

Json AddrsJson(const EntityAddrVec& addrs) {
  Json list = Json::array();
  for (const EntityAddr& addr : addrs.addrs()) {
    std::string text = addr.HostPortNonce();
    text = text.substr(0, text.rfind('/'));
    const char* type = addr.type() == EntityAddr::kLegacy  ? "v1"
                       : addr.type() == EntityAddr::kMsgr2 ? "v2"
                       : addr.type() == EntityAddr::kAny   ? "any"
                                                           : "none";
    list.push_back({{"type", type}, {"addr", text}, {"nonce", addr.nonce()}});
  }
  return {{"addrvec", list}};
}

Json OsdJson(const OsdMap& map, int32_t osd) {
  const rados::OsdInfo& info = map.osd_info[osd];
  const double affinity =
      map.primary_affinity.empty() ? OsdMap::kDefaultAffinity : map.primary_affinity[osd];
  return {
      {"osd", osd},
      {"uuid", map.osd_uuid[osd].ToString()},
      {"up", map.IsUp(osd) ? 1 : 0},
      {"in", map.IsIn(osd) ? 1 : 0},
      {"weight", map.Weight(osd) / 65536.0},
      {"primary_affinity", affinity / 65536.0},
      {"last_clean_begin", info.last_clean_begin},
      {"last_clean_end", info.last_clean_end},
      {"up_from", info.up_from},
      {"up_thru", info.up_thru},
      {"down_at", info.down_at},
      {"lost_at", info.lost_at},
      {"public_addrs", AddrsJson(map.client_addrs[osd])},
      {"cluster_addrs", AddrsJson(map.cluster_addrs[osd])},
      {"heartbeat_back_addrs", AddrsJson(map.hb_back_addrs[osd])},
      {"heartbeat_front_addrs", AddrsJson(map.hb_front_addrs[osd])},
      {"public_addr", map.client_addrs[osd].legacy().HostPortNonce()},
      {"cluster_addr", map.cluster_addrs[osd].legacy().HostPortNonce()},
      {"heartbeat_back_addr", map.hb_back_addrs[osd].legacy().HostPortNonce()},
      {"heartbeat_front_addr", map.hb_front_addrs[osd].legacy().HostPortNonce()},
      {"state", OsdStateNames(map.osd_state[osd])},
  };
}

Json PoolJson(int64_t id, const std::string& name, const PgPool& p) {
  constexpr const char* kAutoscale[] = {"off", "warn", "on"};
  Json snaps = Json::array();
  for (const auto& [snap, info] : p.snaps)
    snaps.push_back({{"snapid", snap}, {"stamp", TimeText(info.stamp)}, {"name", info.name}});
  Json out = {
      {"pool", id},
      {"pool_name", name},
      {"create_time", TimeText(p.create_time)},
      {"flags", p.flags},
      {"flags_names", PoolFlagNames(p.flags)},
      {"type", p.type},
      {"size", p.size},
      {"min_size", p.min_size},
      {"crush_rule", p.crush_rule},
      {"peering_crush_bucket_count", 0},
      {"peering_crush_bucket_target", 0},
      {"peering_crush_bucket_barrier", 0},
      {"peering_crush_bucket_mandatory_member", rados::kCrushItemNone},
      {"object_hash", p.object_hash},
      {"pg_autoscale_mode", p.pg_autoscale_mode < 3 ? kAutoscale[p.pg_autoscale_mode] : "unknown"},
      {"pg_num", p.pg_num},
      {"pg_placement_num", p.pgp_num},
      {"pg_placement_num_target", p.pgp_num_target},
      {"pg_num_target", p.pg_num_target},
      {"pg_num_pending", p.pg_num_pending},
      {"last_pg_merge_meta", MergeMetaJson(p.last_pg_merge)},
      {"last_change", absl::StrCat(p.last_change)},
      {"last_force_op_resend", absl::StrCat(p.last_force_op_resend)},
      {"last_force_op_resend_prenautilus", absl::StrCat(p.last_force_op_resend_prenautilus)},
      {"last_force_op_resend_preluminous", absl::StrCat(p.last_force_op_resend_preluminous)},
      {"auid", p.auid},
      {"snap_mode", p.HasFlag(PgPool::kPoolSnaps) ? "pool" : "selfmanaged"},
      {"snap_seq", p.snap_seq},
      {"snap_epoch", p.snap_epoch},
      {"pool_snaps", snaps},
      {"removed_snaps", IntervalText(p.removed_snaps)},
      {"quota_max_bytes", p.quota_bytes},
      {"quota_max_objects", p.quota_objects},
      {"tiers", p.tiers},
      {"tier_of", p.tier_of},
      {"read_tier", p.read_tier},
      {"write_tier", p.write_tier},
      {"cache_mode", CacheModeName(p.cache_mode)},
      {"target_max_bytes", p.target_max_bytes},
      {"target_max_objects", p.target_max_objects},
      {"cache_target_dirty_ratio_micro", p.cache_target_dirty_ratio_micro},
      {"cache_target_dirty_high_ratio_micro", p.cache_target_dirty_high_ratio_micro},
      {"cache_target_full_ratio_micro", p.cache_target_full_ratio_micro},
      {"cache_min_flush_age", p.cache_min_flush_age},
      {"cache_min_evict_age", p.cache_min_evict_age},
      {"erasure_code_profile", p.erasure_code_profile},
      {"hit_set_params", {{"type", "none"}}},
      {"hit_set_period", p.hit_set_period},
      {"hit_set_count", p.hit_set_count},
      {"use_gmt_hitset", p.use_gmt_hitset},
      {"min_read_recency_for_promote", p.min_read_recency_for_promote},
      {"min_write_recency_for_promote", p.min_write_recency_for_promote},
      {"hit_set_grade_decay_rate", p.hit_set_grade_decay_rate},
      {"hit_set_search_last_n", p.hit_set_search_last_n},
      {"grade_table", Json::array()},
      {"stripe_width", p.stripe_width},
      {"expected_num_objects", p.expected_num_objects},
      {"fast_read", p.fast_read},
      {"options", Json::object()},
  };
  for (const auto& [name, value] : PoolOptionsByName(p.options))
    out["options"][name] = RawPoolOptionJson(*value);
  Json& applications = out["application_metadata"] = Json::object();
  for (const auto& [application, values] : p.applications) {
    applications[application] = Json::object();
    for (const auto& [key, value] : values) applications[application][key] = value;
  }
  return out;
}

Json OsdMapJson(const OsdMap& map) {
  std::vector<std::string> flag_set =
      absl::StrSplit(OsdMapFlagNames(map.flags), ',', absl::SkipEmpty());
  std::sort(flag_set.begin(), flag_set.end());
  Json out = {
      {"epoch", map.epoch},
      {"fsid", map.fsid.ToString()},
      {"created", TimeText(map.created)},
      {"modified", TimeText(map.modified)},
      {"last_up_change", TimeText(map.last_up_change)},
      {"last_in_change", TimeText(map.last_in_change)},
      {"flags", OsdMapFlagNames(map.flags)},
      {"flags_num", map.flags},
      {"flags_set", flag_set},
      {"crush_version", map.crush_version},
      {"full_ratio", double{map.full_ratio}},
      {"backfillfull_ratio", double{map.backfillfull_ratio}},
      {"nearfull_ratio", double{map.nearfull_ratio}},
      {"cluster_snapshot", map.cluster_snapshot},
      {"pool_max", map.pool_max},
      {"max_osd", map.max_osd},
      {"require_min_compat_client", ReleaseName(map.require_min_compat_client)},
      {"min_compat_client", MinCompatClient(map)},
      {"require_osd_release", ReleaseName(map.require_osd_release)},
  };
  Json& pools = out["pools"] = Json::array();
  for (const auto& [id, pool] : map.pools) {
    const auto name = map.pool_names.find(id);
    pools.push_back(PoolJson(id, name == map.pool_names.end() ? "" : name->second, pool));
  }
  Json osds = Json::array();
  Json xinfo = Json::array();
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.Exists(osd)) continue;
    osds.push_back(OsdJson(map, osd));
    xinfo.push_back(OsdXInfoJson(map, osd));
  }
  out["osds"] = std::move(osds);
  out["osd_xinfo"] = std::move(xinfo);
  AddPlacement(map, &out);
  Json& blocklist = out["blocklist"] = Json::object();
  for (const auto& [addr, until] : map.blocklist) blocklist[addr.HostPortNonce()] = TimeText(until);
  out["range_blocklist"] = Json::object();
  Json& profiles = out["erasure_code_profiles"] = Json::object();
  for (const auto& [name, profile] : map.erasure_code_profiles) profiles[name] = profile;
  out["removed_snaps_queue"] = SnapsByPoolJson(map.removed_snaps_queue);
  out["new_removed_snaps"] = SnapsByPoolJson(map.new_removed_snaps);
  out["new_purged_snaps"] = SnapsByPoolJson(map.new_purged_snaps);
  out["crush_node_flags"] = Json::object();
  out["device_class_flags"] = Json::object();
  out["stretch_mode"] = {{"stretch_mode_enabled", false},
                         {"stretch_bucket_count", 0},
                         {"degraded_stretch_mode", 0},
                         {"recovering_stretch_mode", 0},
                         {"stretch_mode_bucket", 0}};
  return out;
}

Json MonMapJson(const rados::MonMap& map) {
  const auto time = [](absl::Time t) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", t, absl::UTCTimeZone());
  };
  Json mons = Json::array();
  Json quorum = Json::array();
  for (size_t rank = 0; rank < map.ranks.size(); ++rank) {
    const rados::MonInfo& info = *map.FindRank(rank);
    mons.push_back({{"rank", rank},
                    {"name", info.name},
                    {"public_addrs", AddrsJson(info.addrs)},
                    {"addr", info.addrs.legacy().HostPortNonce()},
                    {"public_addr", info.addrs.legacy().HostPortNonce()},
                    {"priority", info.priority},
                    {"weight", info.weight},
                    {"crush_location", "{}"}});
  }
  return {{"epoch", map.epoch},
          {"fsid", map.fsid.ToString()},
          {"modified", time(map.last_changed)},
          {"created", time(map.created)},
          {"min_mon_release", map.min_mon_release},
          {"min_mon_release_name", ReleaseName(map.min_mon_release)},
          {"election_strategy", map.election_strategy},
          // Ceph 16.2 prints these two names so, with the colon.
          {"disallowed_leaders: ", absl::StrJoin(map.disallowed_leaders, ",")},
          {"stretch_mode", map.stretch_mode},
          {"tiebreaker_mon", map.tiebreaker},
          {"removed_ranks: ", absl::StrJoin(map.removed_ranks, ",")},
          {"features",
           {{"persistent", Json(MonFeatureNames(map.persistent_features))},
            {"optional", Json(MonFeatureNames(map.optional_features))}}},
          {"mons", mons}};
}

}  // namespace siphon::mon
