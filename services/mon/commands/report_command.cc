// "report": all there is to know about the cluster, as one JSON text.
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/crc32c.h"
#include "nlohmann/json.hpp"
#include "services/mon/commands/cluster_commands.h"
#include "services/mon/commands/cluster_status.h"
#include "services/mon/commands/metadata.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/crush_json.h"
#include "services/mon/text/map_json.h"
#include "services/mon/text/stats_json.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_stat.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;
using rados::OsdMap;
using rados::PgStat;

Json OsdsJson(const MonState& state) {
  const OsdMap& map = state.maps->current();
  Json osds = Json::array();
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.Exists(osd)) continue;
    Json one = {{"id", osd}};
    one.update(OsdMetadata(state, osd));
    osds.push_back(std::move(one));
  }
  return osds;
}

void AddFigures(const MonState& state, Json* report) {
  const OsdMap& map = state.maps->current();
  const ClusterStats& stats = *state.stats;
  uint64_t groups = 0, active = 0, unknown = 0;
  Json states = Json::array();
  for (const auto& [bits, n] : stats.States(map)) {
    groups += n;
    active += (bits & PgStat::kActive) != 0 ? n : 0;
    unknown += bits == 0 ? n : 0;
    states.push_back({{"state", rados::PgStateText(bits)}, {"num", n}});
  }
  std::map<int32_t, std::pair<uint64_t, uint64_t>> by_osd;  // groups it leads, and has
  for (const ClusterStats::Group& group : stats.Groups(map)) {
    for (const int32_t osd : group.stat.acting) ++by_osd[osd].second;
    if (group.stat.acting_primary >= 0) ++by_osd[group.stat.acting_primary].first;
  }
  Json pools = Json::array(), osds = Json::array(), counts = Json::array();
  for (const auto& [id, pool] : map.pools) {
    Json one = {{"poolid", id}, {"num_pg", pool.pg_num}};
    one.update(PoolStatJson(stats.Pool(id)));
    pools.push_back(std::move(one));
  }
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    const rados::OsdStat* stat = stats.Osd(osd);
    if (stat == nullptr) continue;
    Json one = {{"osd", osd}};
    one.update(OsdStatJson(*stat));
    osds.push_back(std::move(one));
  }
  for (const auto& [osd, n] : by_osd) {
    counts.push_back({{"osd", osd},
                      {"num_primary_pg", n.first},
                      {"num_acting_pg", n.second},
                      {"num_up_not_acting_pg", 0}});
  }
  report->update(Json{{"num_pg", groups},
                      {"num_pg_active", active},
                      {"num_pg_unknown", unknown},
                      {"num_osd", osds.size()},
                      {"pool_sum", PoolStatJson(stats.AllPools())},
                      {"osd_sum", OsdStatJson(stats.AllOsds(map))},
                      {"pool_stats", std::move(pools)},
                      {"osd_stats", std::move(osds)},
                      {"num_pg_by_state", std::move(states)},
                      {"num_pg_by_osd", std::move(counts)},
                      {"purged_snaps", Json::array()}});
}

Result Report(const MonState& state, const Args& args) {
  const uint32_t monmap_epoch = state.monmap->epoch;
  Json report = {{"cluster_fingerprint", state.monmap->fsid.ToString()},
                 {"version", VersionText()},
                 {"timestamp", TimeText(state.clock->Now())},
                 {"health", ClusterStatus(state).HealthJson(true)},
                 {"monmap_first_committed", monmap_epoch},
                 {"monmap_last_committed", monmap_epoch},
                 {"monmap", MonMapJson(*state.monmap)},
                 {"quorum", {0}},
                 {"osdmap", OsdMapJson(state.maps->current())},
                 {"osd_metadata", OsdsJson(state)},
                 {"osdmap_first_committed", state.maps->first_epoch()},
                 {"osdmap_last_committed", state.maps->epoch()},
                 {"crushmap", CrushMapJson(*state.maps->current().crush)}};
  AddFigures(state, &report);
  const std::string text = report.dump(4);
  // Ceph's programs show the checksum, so that somebody else can say that he has the same.
  Result result = args.json() ? Result::OutputJson(args, report) : Result::Output(text + "\n");
  result.status = absl::StrCat("report ", Crc32c(~uint32_t{0}, text));
  return result;
}

}  // namespace

void AddReportCommand(const MonState& state, CommandTable* table) {
  table->Define("report {tags:CephString,opt,n=N}", "print all there is to know about the cluster",
                "r", [&state](const Args& args) { return Report(state, args); });
}

}  // namespace siphon::mon
