#include "services/mon/commands/cluster_status.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/age_text.h"
#include "services/mon/text/map_json.h"
#include "services/mon/text/pg_text.h"
#include "services/mon/text/size_text.h"

namespace siphon::mon {
namespace {

bool Exists(const rados::OsdMap& map, int32_t osd) { return map.Exists(osd); }
bool IsUp(const rados::OsdMap& map, int32_t osd) { return map.IsUp(osd); }
bool IsIn(const rados::OsdMap& map, int32_t osd) { return map.IsIn(osd); }

uint64_t PgCount(const rados::OsdMap& map) {
  uint64_t pgs = 0;
  for (const auto& item : map.pools) pgs += item.second.pg_num;
  return pgs;
}

}  // namespace

int ClusterStatus::Count(bool (*is)(const rados::OsdMap&, int32_t)) const {
  int n = 0;
  for (int32_t osd = 0; osd < map().max_osd; ++osd) n += is(map(), osd);
  return n;
}

ClusterStatus::Health ClusterStatus::FindHealth() const {
  Health health;
  for (HealthCheck& check : FindHealthChecks(state_)) {
    if (state_.mutes->IsMuted(check.code, state_.clock->Now())) {
      health.muted.push_back(check.code);
      continue;
    }
    if (check.error)
      health.word = "HEALTH_ERR";
    else if (health.checks.empty())
      health.word = "HEALTH_WARN";
    health.checks.push_back(std::move(check));
  }
  return health;
}

std::string ClusterStatus::HealthText(bool detail) const {
  const Health health = FindHealth();
  std::vector<std::string> summaries;
  for (const HealthCheck& check : health.checks) summaries.push_back(check.summary);
  std::string text = health.word;
  if (!summaries.empty()) absl::StrAppend(&text, " ", absl::StrJoin(summaries, "; "));
  if (!health.muted.empty())
    absl::StrAppend(&text, summaries.empty() ? " " : "; ",
                    "(muted: ", absl::StrJoin(health.muted, " "), ")");
  text += '\n';
  if (!detail) return text;
  for (const HealthCheck& check : health.checks) {
    absl::StrAppend(&text, check.error ? "[ERR] " : "[WRN] ", check.code, ": ", check.summary,
                    "\n");
    for (const std::string& line : check.detail) absl::StrAppend(&text, "    ", line, "\n");
  }
  return text;
}

Json ClusterStatus::HealthJson(bool detail) const {
  const Health health = FindHealth();
  Json checks = Json::object();
  for (const HealthCheck& check : health.checks) {
    Json& out = checks[check.code];
    out = {{"severity", check.error ? "HEALTH_ERR" : "HEALTH_WARN"},
           {"summary", {{"message", check.summary}, {"count", check.count}}}};
    if (detail) {
      out["detail"] = Json::array();
      for (const std::string& line : check.detail) out["detail"].push_back({{"message", line}});
    }
    out["muted"] = false;
  }
  Json mutes = Json::array();
  for (const std::string& code : health.muted) mutes.push_back({{"code", code}});
  return {{"status", health.word}, {"checks", std::move(checks)}, {"mutes", std::move(mutes)}};
}

std::string ClusterStatus::Since(absl::Time when) const {
  if (when <= absl::UnixEpoch()) return "";
  return absl::StrCat(" (since ", AgeText(state_.clock->Now() - when), ")");
}

std::string ClusterStatus::OsdStatText() const {
  return absl::StrCat(Count(Exists), " osds: ", Count(IsUp), " up", Since(map().last_up_change),
                      ", ", Count(IsIn), " in", Since(map().last_in_change));
}

std::string ClusterStatus::OsdFlagsText() const {
  const uint32_t flags = map().flags & ~rados::OsdMap::kFreshFlags;
  return flags == 0 ? "" : absl::StrCat("flags ", OsdMapFlagNames(flags));
}

std::string ClusterStatus::OsdCountsText() const {
  return absl::StrCat(Count(Exists), " total, ", Count(IsUp), " up, ", Count(IsIn), " in");
}

Json ClusterStatus::OsdStatJson() const {
  return {{"epoch", map().epoch},
          {"num_osds", Count(Exists)},
          {"num_up_osds", Count(IsUp)},
          {"osd_up_since", absl::ToUnixSeconds(map().last_up_change)},
          {"num_in_osds", Count(IsIn)},
          {"osd_in_since", absl::ToUnixSeconds(map().last_in_change)},
          {"num_remapped_pgs", map().pg_temp.size()}};
}

std::string ClusterStatus::StatusText() const {
  const Health health = FindHealth();
  std::string text = absl::StrCat("  cluster:\n    id:     ", map().fsid.ToString(),
                                  "\n    health: ", health.word, "\n");
  for (const HealthCheck& check : health.checks)
    absl::StrAppend(&text, "            ", check.summary, "\n");
  if (!health.muted.empty())
    absl::StrAppend(&text, "            (muted: ", absl::StrJoin(health.muted, " "), ")\n");
  absl::StrAppend(&text, " \n  services:\n    mon: 1 daemons, quorum ", state_.name, " (age ",
                  AgeText(state_.clock->Now() - state_.started),
                  ")\n    mgr: no daemons active\n    osd: ", OsdStatText(), "\n");
  const std::string flags = OsdFlagsText();
  if (!flags.empty()) absl::StrAppend(&text, "         ", flags, "\n");
  text += " \n";
  absl::StrAppend(&text, DataText());
  return text;
}

std::string ClusterStatus::DataText() const {
  const ClusterStats& stats = *state_.stats;
  const rados::PoolStat sum = stats.AllPools();
  const rados::OsdStat osds = stats.AllOsds(map());
  const auto size = [](int64_t bytes) {
    return BytesText(static_cast<uint64_t>(std::max<int64_t>(bytes, 0)));
  };
  const uint64_t objects =
      static_cast<uint64_t>(std::max<int64_t>(sum.sum[rados::ObjectStatSum::kObjects], 0));
  std::string text = absl::StrCat("  data:\n    pools:   ", map().pools.size(), " pools, ",
                                  PgCount(map()), " pgs\n");
  absl::StrAppend(&text, "    objects: ", DecimalText(objects), " objects, ",
                  size(sum.sum[rados::ObjectStatSum::kBytes]),
                  "\n    usage:   ", size(osds.kb_used << 10), " used, ", size(osds.kb_avail << 10),
                  " / ", size(osds.kb << 10), " avail\n    pgs:     ");
  // One state a line, the most frequent first.
  absl::StrAppend(
      &text, absl::StrReplaceAll(PgStatesText(stats, map()), {{", ", "\n             "}}), "\n \n");
  const std::string rates = RatesText(stats.AllRates());
  if (!rates.empty()) absl::StrAppend(&text, "  io:\n    client:   ", rates, "\n \n");
  return text;
}

Json ClusterStatus::PgMapJson() const {
  const ClusterStats& stats = *state_.stats;
  Json states = Json::array();
  for (const auto& [state, n] : stats.States(map()))
    states.push_back({{"state_name", rados::PgStateText(state)}, {"count", n}});
  const rados::PoolStat sum = stats.AllPools();
  const rados::OsdStat osds = stats.AllOsds(map());
  Json json = {{"pgs_by_state", states},
               {"num_pgs", PgCount(map())},
               {"num_pools", map().pools.size()},
               {"num_objects", sum.sum[rados::ObjectStatSum::kObjects]},
               {"data_bytes", sum.sum[rados::ObjectStatSum::kBytes]},
               {"bytes_used", osds.kb_used << 10},
               {"bytes_avail", osds.kb_avail << 10},
               {"bytes_total", osds.kb << 10}};
  const ClusterStats::Rates rates = stats.AllRates();
  if (rates.read_bytes > 0) json["read_bytes_sec"] = rates.read_bytes;
  if (rates.write_bytes > 0) json["write_bytes_sec"] = rates.write_bytes;
  if (rates.any()) {
    json["read_op_per_sec"] = rates.reads;
    json["write_op_per_sec"] = rates.writes;
  }
  return json;
}

Json ClusterStatus::StatusJson() const {
  return {{"fsid", map().fsid.ToString()},
          {"health", HealthJson(false)},
          {"election_epoch", state_.monmap->epoch},
          {"quorum", {0}},
          {"quorum_names", {state_.name}},
          {"quorum_age", absl::ToInt64Seconds(state_.clock->Now() - state_.started)},
          {"monmap",
           {{"epoch", state_.monmap->epoch},
            {"min_mon_release_name", ReleaseName(state_.monmap->min_mon_release)},
            {"num_mons", state_.monmap->ranks.size()}}},
          {"osdmap", OsdStatJson()},
          {"pgmap", PgMapJson()},
          {"fsmap", {{"epoch", 1}, {"by_rank", Json::array()}, {"up:standby", 0}}},
          {"mgrmap",
           {{"available", false},
            {"num_standbys", 0},
            {"modules", Json::array()},
            {"services", Json::object()}}},
          {"servicemap",
           {{"epoch", 0}, {"modified", TimeText(absl::UnixEpoch())}, {"services", Json::object()}}},
          {"progress_events", Json::object()}};
}

}  // namespace siphon::mon
