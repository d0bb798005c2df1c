#include "services/mon/cluster_status.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "services/mon/age_text.h"
#include "services/mon/map_json.h"
#include "services/mon/map_names.h"

namespace siphon::mon {
namespace {

bool Exists(const rados::OsdMap& map, int32_t osd) { return map.Exists(osd); }
bool IsUp(const rados::OsdMap& map, int32_t osd) { return map.IsUp(osd); }
bool IsIn(const rados::OsdMap& map, int32_t osd) { return map.IsIn(osd); }
bool IsDownAndIn(const rados::OsdMap& map, int32_t osd) {
  return map.Exists(osd) && map.IsDown(osd) && map.IsIn(osd);
}

std::string HealthWord(bool any_check) { return any_check ? "HEALTH_WARN" : "HEALTH_OK"; }

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

std::vector<ClusterStatus::Check> ClusterStatus::Checks() const {
  std::vector<Check> checks;
  Check down{"OSD_DOWN", absl::StrCat(Count(IsDownAndIn), " osds down"), {}};
  for (int32_t osd = 0; osd < map().max_osd; ++osd)
    if (IsDownAndIn(map(), osd)) down.detail.push_back(absl::StrCat("osd.", osd, " is down"));
  if (!down.detail.empty()) checks.push_back(std::move(down));
  const uint32_t unusual = map().flags & ~rados::OsdMap::kFreshFlags;
  if (unusual != 0)
    checks.push_back(
        {"OSDMAP_FLAGS", absl::StrCat(OsdMapFlagNames(unusual), " flag(s) set"), {}});
  Check single{"POOL_NO_REDUNDANCY", "", {}};
  for (const auto& [id, pool] : map().pools)
    if (pool.is_replicated() && pool.size == 1)
      single.detail.push_back(
          absl::StrCat("pool '", map().pool_names.at(id), "' has no replicas configured"));
  single.summary = absl::StrCat(single.detail.size(), " pool(s) have no replicas configured");
  if (!single.detail.empty()) checks.push_back(std::move(single));
  return checks;
}

std::string ClusterStatus::HealthText(bool detail) const {
  const std::vector<Check> checks = Checks();
  std::vector<std::string> summaries;
  for (const Check& check : checks) summaries.push_back(check.summary);
  std::string text = HealthWord(!checks.empty());
  if (!checks.empty()) absl::StrAppend(&text, " ", absl::StrJoin(summaries, "; "));
  text += '\n';
  if (!detail) return text;
  for (const Check& check : checks) {
    absl::StrAppend(&text, "[WRN] ", check.code, ": ", check.summary, "\n");
    for (const std::string& line : check.detail) absl::StrAppend(&text, "    ", line, "\n");
  }
  return text;
}

Json ClusterStatus::HealthJson(bool detail) const {
  Json checks = Json::object();
  for (const Check& check : Checks()) {
    Json& out = checks[check.code];
    out = {{"severity", "HEALTH_WARN"},
           {"summary", {{"message", check.summary}, {"count", check.detail.size()}}}};
    if (detail) {
      out["detail"] = Json::array();
      for (const std::string& line : check.detail) out["detail"].push_back({{"message", line}});
    }
    out["muted"] = false;
  }
  const std::string word = HealthWord(!checks.empty());
  return {{"status", word}, {"checks", std::move(checks)}, {"mutes", Json::array()}};
}

std::string ClusterStatus::Since(absl::Time when) const {
  if (when <= absl::UnixEpoch()) return "";
  return absl::StrCat(" (since ", AgeText(state_.clock->Now() - when), ")");
}

std::string ClusterStatus::OsdStatText() const {
  return absl::StrCat(Count(Exists), " osds: ", Count(IsUp), " up", Since(map().last_up_change),
                      ", ", Count(IsIn), " in", Since(map().last_in_change));
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
  const std::vector<Check> checks = Checks();
  std::string text = absl::StrCat("  cluster:\n    id:     ", map().fsid.ToString(),
                                  "\n    health: ", HealthWord(!checks.empty()), "\n");
  for (const Check& check : checks) absl::StrAppend(&text, "            ", check.summary, "\n");
  absl::StrAppend(&text, " \n  services:\n    mon: 1 daemons, quorum ", state_.name, " (age ",
                  AgeText(state_.clock->Now() - state_.started),
                  ")\n    mgr: no daemons active\n    osd: ", OsdStatText(), "\n \n  data:\n");
  absl::StrAppend(&text, "    pools:   ", map().pools.size(), " pools, ", PgCount(map()),
                  " pgs\n \n");
  return text;
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
          {"pgmap", {{"num_pgs", PgCount(map())}, {"num_pools", map().pools.size()}}},
          {"mgrmap", {{"available", false}, {"num_standbys", 0}}}};
}

}  // namespace siphon::mon
