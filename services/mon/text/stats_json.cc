#include "services/mon/text/stats_json.h"

#include <string>

#include "services/mon/state/map_names.h"

namespace siphon::mon {

using Json = nlohmann::ordered_json;
using Sum = rados::ObjectStatSum;

Json SumJson(const Sum& sum) {
  constexpr Sum::Field kOrder[] = {Sum::kBytes,
                                   Sum::kObjects,
                                   Sum::kClones,
                                   Sum::kCopies,
                                   Sum::kMissingOnPrimary,
                                   Sum::kMissing,
                                   Sum::kDegraded,
                                   Sum::kMisplaced,
                                   Sum::kUnfound,
                                   Sum::kDirty,
                                   Sum::kWhiteouts,
                                   Sum::kReads,
                                   Sum::kReadKb,
                                   Sum::kWrites,
                                   Sum::kWriteKb,
                                   Sum::kScrubErrors,
                                   Sum::kShallowScrubErrors,
                                   Sum::kDeepScrubErrors,
                                   Sum::kObjectsRecovered,
                                   Sum::kBytesRecovered,
                                   Sum::kKeysRecovered,
                                   Sum::kObjectsOmap,
                                   Sum::kHitSetArchive,
                                   Sum::kBytesHitSetArchive,
                                   Sum::kFlush,
                                   Sum::kFlushKb,
                                   Sum::kEvict,
                                   Sum::kEvictKb,
                                   Sum::kPromote,
                                   Sum::kFlushModeHigh,
                                   Sum::kFlushModeLow,
                                   Sum::kEvictModeSome,
                                   Sum::kEvictModeFull,
                                   Sum::kPinned,
                                   Sum::kLegacySnapsets,
                                   Sum::kLargeOmapObjects,
                                   Sum::kManifest,
                                   Sum::kOmapBytes,
                                   Sum::kOmapKeys,
                                   Sum::kRepaired};
  Json json = Json::object();
  for (const Sum::Field field : kOrder) json[Sum::Name(field)] = sum[field];
  return json;
}

Json StatfsJson(const rados::StoreStatfs& s) {
  return {{"total", s.total},
          {"available", s.available},
          {"internally_reserved", s.internally_reserved},
          {"allocated", s.allocated},
          {"data_stored", s.data_stored},
          {"data_compressed", s.data_compressed},
          {"data_compressed_allocated", s.data_compressed_allocated},
          {"data_compressed_original", s.data_compressed_original},
          {"omap_allocated", s.omap_allocated},
          {"internal_metadata", s.internal_metadata}};
}

Json PoolStatJson(const rados::PoolStat& stat) {
  return {{"stat_sum", SumJson(stat.sum)},
          {"store_stats", StatfsJson(stat.statfs)},
          {"log_size", stat.log_size},
          {"ondisk_log_size", stat.ondisk_log_size},
          {"up", stat.up},
          {"acting", stat.acting},
          {"num_store_stats", stat.num_stores}};
}

Json OsdStatJson(const rados::OsdStat& stat) {
  return {{"up_from", stat.up_from},
          {"seq", stat.seq},
          {"num_pgs", stat.num_pgs},
          {"num_osds", 1},
          {"num_per_pool_osds", 0},
          {"num_per_pool_omap_osds", 0},
          {"kb", stat.kb},
          {"kb_used", stat.kb_used},
          {"kb_used_data", stat.kb_used_data},
          {"kb_used_omap", stat.kb_used_omap},
          {"kb_used_meta", stat.kb_used_meta},
          {"kb_avail", stat.kb_avail},
          {"statfs", StatfsJson(stat.statfs)},
          {"hb_peers", stat.hb_peers},
          {"snap_trim_queue_len", stat.snap_trim_queue_len},
          {"num_snap_trimming", stat.num_snap_trimming},
          {"num_shards_repaired", 0},
          {"op_queue_age_hist", {{"histogram", Json::array()}, {"upper_bound", 1}}},
          {"perf_stat",
           {{"commit_latency_ms", stat.commit_latency_ms},
            {"apply_latency_ms", stat.apply_latency_ms},
            {"commit_latency_ns", uint64_t{stat.commit_latency_ms} * 1000000},
            {"apply_latency_ns", uint64_t{stat.apply_latency_ms} * 1000000}}},
          {"alerts", Json::array()},
          {"network_ping_times", Json::array()}};
}

Json GroupJson(const ClusterStats::Group& group) {
  const rados::PgStat& s = group.stat;
  Json json = {{"pgid", group.id.ToString()},
               {"version", s.version.ToString()},
               {"reported_seq", s.reported_seq},
               {"reported_epoch", s.reported_epoch},
               {"state", rados::PgStateText(s.state)},
               {"last_fresh", TimeText(s.last_fresh)},
               {"last_change", TimeText(s.last_change)},
               {"last_active", TimeText(s.last_active)},
               {"last_peered", TimeText(s.last_peered)},
               {"last_clean", TimeText(s.last_clean)},
               {"last_became_active", TimeText(s.last_became_active)},
               {"last_became_peered", TimeText(s.last_became_peered)},
               {"last_unstale", TimeText(s.last_unstale)},
               {"last_undegraded", TimeText(s.last_undegraded)},
               {"last_fullsized", TimeText(s.last_fullsized)},
               {"mapping_epoch", s.mapping_epoch},
               {"log_start", s.log_start.ToString()},
               {"ondisk_log_start", s.ondisk_log_start.ToString()},
               {"created", s.created},
               {"last_epoch_clean", s.last_epoch_clean},
               {"parent", s.parent.ToString()},
               {"parent_split_bits", s.parent_split_bits},
               {"last_scrub", s.last_scrub.ToString()},
               {"last_scrub_stamp", TimeText(s.last_scrub_stamp)},
               {"last_deep_scrub", s.last_deep_scrub.ToString()},
               {"last_deep_scrub_stamp", TimeText(s.last_deep_scrub_stamp)},
               {"last_clean_scrub_stamp", TimeText(s.last_clean_scrub_stamp)},
               {"log_size", s.log_size},
               {"ondisk_log_size", s.ondisk_log_size},
               {"stats_invalid", s.stats_invalid}};
  for (const char* kind : {"dirty", "omap", "hitset", "hitset_bytes", "pin", "manifest"})
    json[std::string(kind) + "_stats_invalid"] = false;
  json["snaptrimq_len"] = s.snaptrimq_len;
  json["stat_sum"] = SumJson(s.sum);
  json["up"] = s.up;
  json["acting"] = s.acting;
  json["avail_no_missing"] = Json::array();
  json["object_location_counts"] = Json::array();
  json["blocked_by"] = s.blocked_by;
  json["up_primary"] = s.up_primary;
  json["acting_primary"] = s.acting_primary;
  json["purged_snaps"] = Json::array();
  for (const auto& [start, length] : s.purged_snaps) {
    json["purged_snaps"].push_back(
        {{"start", absl::StrCat(absl::Hex(start))}, {"length", absl::StrCat(absl::Hex(length))}});
  }
  return json;
}

Json GroupBriefJson(const ClusterStats::Group& group) {
  return {{"pgid", group.id.ToString()},
          {"state", rados::PgStateText(group.stat.state)},
          {"up", group.stat.up},
          {"acting", group.stat.acting},
          {"up_primary", group.stat.up_primary},
          {"acting_primary", group.stat.acting_primary}};
}

}  // namespace siphon::mon
