#include "services/mon/commands/pg_commands.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/pg_text.h"
#include "services/mon/text/stats_json.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Group = ClusterStats::Group;
using Json = nlohmann::ordered_json;
using Result = CommandResult;
using rados::OsdMap;

constexpr char kOmapNote[] =
    "\n* NOTE: Omap statistics are gathered during deep scrub and may be inaccurate soon "
    "afterwards depending on utilization. See http://docs.ceph.com/en/latest/dev/placement-group/"
    "#omap-statistics for further details.\n";

Result Stat(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  if (!args.json()) return Result::Output(PgSummaryText(*state.stats, map) + "\n");
  Json states = Json::array();
  uint64_t groups = 0;
  for (const auto& [bits, n] : state.stats->States(map)) {
    states.push_back({{"name", rados::PgStateText(bits)}, {"num", n}});
    groups += n;
  }
  const rados::OsdStat osds = state.stats->AllOsds(map);
  Json summary = {{"num_pg_by_state", states},
                  {"num_pgs", groups},
                  {"num_bytes", state.stats->AllPools().sum[rados::ObjectStatSum::kBytes]},
                  {"total_bytes", osds.kb << 10},
                  {"total_avail_bytes", osds.kb_avail << 10},
                  {"total_used_bytes", osds.kb_used << 10},
                  {"total_used_raw_bytes", osds.kb_used << 10}};
  const ClusterStats::Rates rates = state.stats->AllRates();
  if (rates.any()) {
    summary["read_bytes_sec"] = rates.read_bytes;
    summary["write_bytes_sec"] = rates.write_bytes;
    summary["io_sec"] = rates.reads + rates.writes;
  }
  return Result::OutputJson(args,
                            {{"pg_ready", state.stats->Complete(map)}, {"pg_summary", summary}});
}

std::string HeaderText(const MonState& state) {
  return absl::StrCat("version ", state.stats->version(), "\nstamp ",
                      TimeText(state.stats->stamp()), "\nlast_osdmap_epoch 0\nlast_pg_scan 0\n");
}

Json GroupsArray(const std::vector<Group>& groups, bool brief) {
  Json json = Json::array();
  for (const Group& group : groups)
    json.push_back(brief ? GroupBriefJson(group) : GroupJson(group));
  return json;
}

Json PoolsArray(const MonState& state) {
  const OsdMap& map = state.maps->current();
  Json json = Json::array();
  for (auto it = map.pools.rbegin(); it != map.pools.rend(); ++it) {
    Json one = {{"poolid", it->first}, {"num_pg", it->second.pg_num}};
    one.update(PoolStatJson(state.stats->Pool(it->first)));
    json.push_back(std::move(one));
  }
  return json;
}

Json OsdsArray(const MonState& state) {
  Json json = Json::array();
  for (int32_t osd = state.maps->current().max_osd - 1; osd >= 0; --osd) {
    const rados::OsdStat* stat = state.stats->Osd(osd);
    if (!stat) continue;
    Json one = {{"osd", osd}};
    one.update(OsdStatJson(*stat));
    json.push_back(std::move(one));
  }
  return json;
}

// What changes in a second, by the rates of the last ones.
Json DeltaJson(const ClusterStats::Rates& rates) {
  rados::PoolStat delta;
  delta.sum[rados::ObjectStatSum::kReads] = rates.reads;
  delta.sum[rados::ObjectStatSum::kReadKb] = rates.read_bytes >> 10;
  delta.sum[rados::ObjectStatSum::kWrites] = rates.writes;
  delta.sum[rados::ObjectStatSum::kWriteKb] = rates.write_bytes >> 10;
  Json json = PoolStatJson(delta);
  json["stamp_delta"] = "1.000000";
  return json;
}

Json SummaryJson(const MonState& state) {
  const OsdMap& map = state.maps->current();
  Json osds = OsdStatJson(state.stats->AllOsds(map));
  int reporting = 0;
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    reporting += map.IsIn(osd) && state.stats->Osd(osd) != nullptr;
  osds["num_osds"] = reporting;
  return {{"version", state.stats->version()},
          {"stamp", TimeText(state.stats->stamp())},
          {"last_osdmap_epoch", 0},
          {"last_pg_scan", 0},
          {"pg_stats_sum", PoolStatJson(state.stats->AllPools())},
          {"osd_stats_sum", std::move(osds)},
          {"pg_stats_delta", DeltaJson(state.stats->AllRates())}};
}

// Everything, or the one thing that is asked for: by Ceph's rule the first of these that is named.
Result DumpJson(const MonState& state, const Args& args, const std::vector<std::string>& what) {
  const OsdMap& map = state.maps->current();
  const auto asked = [&what](const char* word) {
    return std::find(what.begin(), what.end(), word) != what.end();
  };
  Json json = {{"pg_ready", state.stats->Complete(map)}};
  if (what.empty() || asked("all")) {
    Json& all = json["pg_map"] = SummaryJson(state);
    all["pg_stats"] = GroupsArray(state.stats->Groups(map), false);
    all["pool_stats"] = PoolsArray(state);
    all["osd_stats"] = OsdsArray(state);
    all["pool_statfs"] = Json::array();
    return Result::OutputJson(args, json, "dumped all");
  }
  if (asked("summary") || asked("sum")) json["pg_map"] = SummaryJson(state);
  if (asked("pgs")) json["pg_stats"] = GroupsArray(state.stats->Groups(map), false);
  if (asked("pools")) json["pool_stats"] = PoolsArray(state);
  if (asked("osds")) {
    json["osd_stats"] = OsdsArray(state);
    json["pool_statfs"] = Json::array();
  }
  if (asked("pgs_brief")) json["pg_stats"] = GroupsArray(state.stats->Groups(map), true);
  return Result::OutputJson(args, json, absl::StrCat("dumped ", absl::StrJoin(what, ",")));
}

Result Dump(const MonState& state, const Args& args) {
  const std::vector<std::string> what = args.List("dumpcontents");
  if (args.json()) return DumpJson(state, args, what);
  const OsdMap& map = state.maps->current();
  const ClusterStats& stats = *state.stats;
  const auto asked = [&what](const char* word) {
    return std::find(what.begin(), what.end(), word) != what.end();
  };
  const std::string status =
      absl::StrCat("dumped ", what.empty() ? "all" : absl::StrJoin(what, ","));
  if (what.empty() || asked("all"))
    return Result::Output(absl::StrCat(HeaderText(state), GroupsText(stats.Groups(map)),
                                       PoolFiguresText(stats, map, /*headings=*/false),
                                       SumFiguresText(stats, /*headings=*/false),
                                       OsdFiguresText(stats, map), kOmapNote),
                          status);
  if (asked("pgs_brief")) return Result::Output(GroupsBriefText(stats.Groups(map)), status);
  std::string text;
  bool omap = false;
  if (asked("summary") || asked("sum")) {
    absl::StrAppend(&text, HeaderText(state), SumFiguresText(stats), OsdSumText(stats, map));
    omap = true;
  }
  if (asked("pgs")) absl::StrAppend(&text, GroupsText(stats.Groups(map)));
  if (asked("pools")) absl::StrAppend(&text, PoolFiguresText(stats, map));
  if (asked("osds")) absl::StrAppend(&text, OsdFiguresText(stats, map));
  omap = omap || asked("pgs") || asked("pools");
  return Result::Output(absl::StrCat(text, omap ? kOmapNote : ""), status);
}

Result Map(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  const std::string text = args.Text("pgid");
  const auto raw = rados::PgId::Parse(text);
  if (!raw.ok())
    return Result::Error(absl::InvalidArgumentError(absl::StrCat("invalid pgid '", text, "'")));
  const auto pg = map.RawPgToPg(*raw);
  if (!pg.ok())
    return Result::Error(absl::NotFoundError(absl::StrCat("pg '", text, "' does not exist")));
  const OsdMap::Placement place = map.PgToUpActing(*pg);
  if (args.json())
    return Result::OutputJson(args, {{"epoch", map.epoch},
                                     {"raw_pgid", raw->ToString()},
                                     {"pgid", pg->ToString()},
                                     {"up", place.up},
                                     {"acting", place.acting}});
  return Result::Output(absl::StrCat("osdmap e", map.epoch, " pg ", raw->ToString(), " (",
                                     pg->ToString(), ") -> up [", absl::StrJoin(place.up, ","),
                                     "] acting [", absl::StrJoin(place.acting, ","), "]\n"));
}

// Whether all the words of "active+clean" are in the group's state, for one of the wanted ones.
bool HasState(const Group& group, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return true;
  const std::vector<std::string> has = absl::StrSplit(rados::PgStateText(group.stat.state), '+');
  return std::any_of(wanted.begin(), wanted.end(), [&has](const std::string& state) {
    const std::vector<std::string> words = absl::StrSplit(state, '+');
    return state == "all" || std::all_of(words.begin(), words.end(), [&has](const auto& word) {
             return std::find(has.begin(), has.end(), word) != has.end();
           });
  });
}

// The first of the words that is no state; empty if all are.
std::string UnknownState(const std::vector<std::string>& wanted) {
  const std::vector<std::string> known = absl::StrSplit(rados::PgStateText(~uint64_t{0}), '+');
  for (const std::string& state : wanted)
    for (const auto& word : absl::StrSplit(state, '+'))
      if (word != "all" && std::find(known.begin(), known.end(), word) == known.end())
        return std::string(word);
  return "";
}

Result List(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  if (const std::string unknown = UnknownState(args.List("states")); !unknown.empty())
    return Result::Error(absl::InvalidArgumentError(absl::StrCat(
        "'", unknown,
        "' is not a valid pg state, available choices: ", rados::PgStateText(~uint64_t{0}))));
  int64_t pool = -1;
  if (args.Has("poolstr")) {
    const auto found = map.FindPoolByName(args.Text("poolstr"));
    if (!found)
      return Result::Error(
          absl::NotFoundError(absl::StrCat("pool ", args.Text("poolstr"), " does not exist")));
    pool = *found;
  }
  const auto number = args.Int("pool");
  const auto osd = args.Osd("osd");
  if (!number.ok()) return Result::Error(number.status());
  if (!osd.ok()) return Result::Error(osd.status());
  if (*number) pool = **number;
  if (pool >= 0 && !map.FindPool(pool))
    return Result::Error(absl::NotFoundError(absl::StrCat("pool ", pool, " does not exist")));
  if (*osd && !map.IsUp(**osd)) {
    Result result =
        Result::Error(absl::UnavailableError(absl::StrCat("osd ", **osd, " is not up")));
    result.code = -EAGAIN;
    return result;
  }
  const bool leads = args.prefix() == "pg ls-by-primary";
  std::vector<Group> groups = state.stats->Groups(map, pool);
  std::erase_if(groups, [&](const Group& group) {
    const auto& acting = group.stat.acting;
    const bool on =
        !*osd || (leads ? group.stat.acting_primary == **osd
                        : std::find(acting.begin(), acting.end(), **osd) != acting.end());
    return !on || !HasState(group, args.List("states"));
  });
  if (args.json())
    return Result::OutputJson(
        args, {{"pg_ready", state.stats->Complete(map)}, {"pg_stats", GroupsArray(groups, false)}});
  return Result::Output(GroupsListText(groups, state.clock->Now()) + kOmapNote);
}

// Groups that are not served, or not as they should be.
Result DumpStuck(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  std::vector<std::string> wanted = args.List("stuckops");
  if (wanted.empty()) wanted = {"unclean"};
  std::vector<Group> groups = state.stats->Groups(map);
  std::erase_if(groups, [&wanted](const Group& group) {
    const uint64_t s = group.stat.state;
    return std::none_of(wanted.begin(), wanted.end(), [s](const std::string& word) {
      return (word == "inactive" && (s & rados::PgStat::kActive) == 0) ||
             (word == "unclean" && (s & rados::PgStat::kClean) == 0) ||
             (word == "stale" && (s & rados::PgStat::kStale) != 0) ||
             (word == "undersized" && (s & rados::PgStat::kUndersized) != 0) ||
             (word == "degraded" && (s & rados::PgStat::kDegraded) != 0);
    });
  });
  if (args.json())
    return Result::OutputJson(
        args,
        {{"pg_ready", state.stats->Complete(map)}, {"stuck_pg_stats", GroupsArray(groups, false)}},
        "ok");
  return Result::Output(groups.empty() ? "" : GroupsBriefText(groups), "ok");
}

}  // namespace

void AddPgCommands(const MonState& s, CommandTable* table) {
  const auto add = [&](const std::string& line, const char* help,
                       Result (*run)(const MonState&, const Args&)) {
    table->Define(line, help, "r", [&s, run](const Args& args) { return run(s, args); });
  };
  add("pg stat", "sum up the placement groups", Stat);
  add("pg dump {dumpcontents:CephChoices,opt,n=N,strings=all|summary|sum|delta|pools|osds|pgs|"
      "pgs_brief}",
      "print figures of placement groups, pools and OSDs", Dump);
  table->Define(
      "pg dump_json {dumpcontents:CephChoices,opt,n=N,strings=all|summary|sum|pools|osds|pgs}",
      // As Ceph, it prints all figures whatever is asked for.
      "print figures as JSON", "r", [&s](const Args& args) { return DumpJson(s, args, {}); });
  table->Define("pg dump_pools_json", "print the figures of pools as JSON", "r",
                [&s](const Args& args) { return DumpJson(s, args, {"pools"}); });
  add("pg map {pgid:CephPgid}", "show which OSDs have a placement group", Map);
  const std::string states = " {states:CephString,opt,n=N}";
  add("pg ls {pool:CephInt,opt}" + states, "list placement groups", List);
  add("pg ls-by-pool {poolstr:CephString}" + states, "list the placement groups of a pool", List);
  add("pg ls-by-osd {osd:CephOsdName} {pool:CephInt,opt}" + states,
      "list the placement groups of an OSD", List);
  add("pg ls-by-primary {osd:CephOsdName} {pool:CephInt,opt}" + states,
      "list the placement groups that an OSD leads", List);
  add("pg dump_stuck {stuckops:CephChoices,opt,n=N,strings=inactive|unclean|stale|undersized|"
      "degraded} {threshold:CephInt,opt}",
      "list placement groups that do not get well", DumpStuck);
}

}  // namespace siphon::mon
