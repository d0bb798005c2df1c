// What is known of OSDs, and of where objects are.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/mon/commands/metadata.h"
#include "services/mon/commands/osd_commands.h"
#include "services/mon/text/column_text.h"
#include "services/mon/text/map_json.h"
#include "services/mon/text/map_text.h"
#include "services/mon/text/osd_tree.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using rados::OsdMap;

Result Pretty(const Args& args, const Json& json) {
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

Result NoSuchOsd(int32_t osd) {
  return Result::Error(absl::NotFoundError(absl::StrCat("osd.", osd, " does not exist")));
}

Result Find(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  if (!osd.ok()) return Result::Error(osd.status());
  const OsdMap& map = state.maps->current();
  if (!map.Exists(**osd)) return NoSuchOsd(**osd);
  Json location = Json::object();
  for (const auto& [type, name] : CrushLocationOf(map, **osd)) location[type] = name;
  Json json = {{"osd", **osd},
               {"addrs", AddrsJson(map.ClientAddrs(**osd))},
               {"osd_fsid", map.osd_uuid[**osd].ToString()}};
  const Json metadata = OsdMetadata(state, **osd);
  if (metadata.contains("hostname")) json["host"] = metadata["hostname"];
  json["crush_location"] = location;
  return Pretty(args, json);
}

Json MetadataJson(const MonState& state, int32_t osd) {
  Json json = {{"id", osd}};
  json.update(OsdMetadata(state, osd));
  return json;
}

Result Metadata(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  if (!osd.ok()) return Result::Error(osd.status());
  const OsdMap& map = state.maps->current();
  if (*osd) {
    if (!map.Exists(**osd)) return NoSuchOsd(**osd);
    return Pretty(args, MetadataJson(state, **osd));
  }
  Json all = Json::array();
  for (int32_t i = 0; i < map.max_osd; ++i)
    if (map.Exists(i)) all.push_back(MetadataJson(state, i));
  return Pretty(args, all);
}

Result Info(const MonState& state, const Args& args) {
  const auto wanted = args.Osd("id");
  if (!wanted.ok()) return Result::Error(wanted.status());
  const OsdMap& map = state.maps->current();
  if (*wanted && !map.Exists(**wanted))
    return Result::Error(
        absl::InvalidArgumentError(absl::StrCat("osd.", **wanted, " does not exist")));
  Json json = Json::array();
  std::string text;
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.Exists(osd) || (*wanted && osd != **wanted)) continue;
    json.push_back(OsdJson(map, osd));
    absl::StrAppend(&text, OsdText(map, osd), "\n");
  }
  if (args.json()) return Result::OutputJson(args, *wanted ? json.at(0) : json);
  return Result::Output(text);
}

Result CountMetadata(const MonState& state, const Args& args, const std::string& property) {
  Json json = Json::object();
  for (const auto& [value, n] : CountOsdMetadata(state, property)) json[value] = n;
  return Pretty(args, json);
}

// Where an object would be, whether it is there or not.
Result MapObject(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  const std::string pool = args.Text("pool");
  const auto id = map.FindPoolByName(pool);
  if (!id)
    return Result::Error(absl::NotFoundError(absl::StrCat("pool ", pool, " does not exist")));
  const std::string name = args.Text("object");
  const std::string nspace = args.Text("nspace");
  const auto raw = map.ObjectToRawPg(*id, name, {}, nspace);
  const auto pg = raw.ok() ? map.RawPgToPg(*raw) : raw.status();
  if (!pg.ok()) return Result::Error(pg.status());
  const OsdMap::Placement place = map.PgToUpActing(*pg);
  const std::string shown = nspace.empty() ? name : absl::StrCat(nspace, "/", name);
  if (args.json())
    return Result::OutputJson(args, {{"epoch", map.epoch},
                                     {"pool", pool},
                                     {"pool_id", *id},
                                     {"objname", shown},
                                     {"raw_pgid", raw->ToString()},
                                     {"pgid", pg->ToString()},
                                     {"up", place.up},
                                     {"up_primary", place.up_primary},
                                     {"acting", place.acting},
                                     {"acting_primary", place.acting_primary}});
  return Result::Output(
      absl::StrCat("osdmap e", map.epoch, " pool '", pool, "' (", *id, ") object '", shown,
                   "' -> pg ", raw->ToString(), " (", pg->ToString(), ") -> up ([",
                   absl::StrJoin(place.up, ","), "], p", place.up_primary, ") acting ([",
                   absl::StrJoin(place.acting, ","), "], p", place.acting_primary, ")\n"));
}

Result GetMaxOsd(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  if (args.json())
    return Result::OutputJson(args, {{"epoch", map.epoch}, {"max_osd", map.max_osd}});
  return Result::Output(absl::StrCat("max_osd = ", map.max_osd, " in epoch ", map.epoch, "\n"));
}

Result SetMaxOsd(const MonState& state, const Args& args) {
  const auto wanted = args.Int("newmax");
  if (!wanted.ok()) return Result::Error(wanted.status());
  const OsdMap& map = state.maps->current();
  const int64_t most = std::min<int64_t>(state.config->GetInt("mon_max_osd"), OsdMap::kMaxOsds);
  if (**wanted < 0 || **wanted > most)
    return Result::Error(absl::OutOfRangeError(absl::StrCat(
        "cannot set max_osd to ", **wanted, " which is > conf.mon_max_osd (", most, ")")));
  for (int64_t osd = **wanted; osd < map.max_osd; ++osd)
    if (map.Exists(static_cast<int32_t>(osd)))
      return Result::Error(absl::FailedPreconditionError(
          absl::StrCat("cannot shrink max_osd to ", **wanted, " because osd.", osd,
                       " (and possibly others) still in use")));
  const absl::Status status = state.osds->Change([&](rados::OsdMapIncremental* change) {
    change->new_max_osd = static_cast<int32_t>(**wanted);
  });
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("set new max_osd = ", **wanted));
}

Result Perf(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  ColumnText table({{"osd", ColumnText::kRight, ColumnText::kRight},
                    {"commit_latency(ms)", ColumnText::kRight, ColumnText::kRight},
                    {"apply_latency(ms)", ColumnText::kRight, ColumnText::kRight}});
  Json infos = Json::array();
  for (int32_t osd = map.max_osd - 1; osd >= 0; --osd) {
    const rados::OsdStat* stat = state.stats->Osd(osd);
    if (!stat) continue;
    table.Add({absl::StrCat(osd), absl::StrCat(stat->commit_latency_ms),
               absl::StrCat(stat->apply_latency_ms)});
    infos.push_back({{"id", osd},
                     {"perf_stats",
                      {{"commit_latency_ms", stat->commit_latency_ms},
                       {"apply_latency_ms", stat->apply_latency_ms},
                       {"commit_latency_ns", uint64_t{stat->commit_latency_ms} * 1000000},
                       {"apply_latency_ns", uint64_t{stat->apply_latency_ms} * 1000000}}}});
  }
  if (!args.json()) return Result::Output(table.ToString());
  return Result::OutputJson(
      args, {{"pg_ready", state.stats->Complete(map)}, {"osdstats", {{"osd_perf_infos", infos}}}});
}

// How evenly groups are spread over OSDs.
Result Utilization(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  std::vector<std::pair<int, int32_t>> groups;  // how many, on which OSD
  std::vector<int> count(static_cast<size_t>(map.max_osd));
  for (const auto& group : state.stats->Groups(map))
    for (const int32_t osd : group.stat.acting)
      if (osd >= 0 && osd < map.max_osd) ++count[static_cast<size_t>(osd)];
  double sum = 0, squares = 0;
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.IsIn(osd)) continue;
    const int n = count[static_cast<size_t>(osd)];
    groups.emplace_back(n, osd);
    sum += n;
  }
  if (groups.empty())
    return args.json() ? Result::OutputJson(args, Json::object()) : Result::Output("\n");
  const double n = static_cast<double>(groups.size());
  const double average = sum / n;
  for (const auto& item : groups) squares += (item.first - average) * (item.first - average);
  const double deviation = std::sqrt(squares / n);
  // What dice would give: a binomial distribution.
  const double expected = std::sqrt(average * (1.0 - 1.0 / n));
  const auto [low, low_osd] = *std::min_element(groups.begin(), groups.end());
  const auto [high, high_osd] = *std::max_element(groups.begin(), groups.end());
  if (args.json())
    return Result::OutputJson(args, {{"avg_pgs", average},
                                     {"std_dev", deviation},
                                     {"expected_baseline_std_dev", expected},
                                     {"min_osd", low_osd},
                                     {"min_osd_pgs", low},
                                     {"max_osd", high_osd},
                                     {"max_osd_pgs", high}});
  const double scale = average > 0 ? average : 1;
  return Result::Output(absl::StrFormat(
      "avg %g\nstddev %g (expected baseline %g)\nmin osd.%d with %d pgs (%g * mean)\n"
      "max osd.%d with %d pgs (%g * mean)\n",
      average, deviation, expected, low_osd, low, low / scale, high_osd, high, high / scale));
}

// OSDs are bound to no processors.
Result NumaStatus(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  constexpr auto kRight = ColumnText::kRight;
  ColumnText table({{"OSD", ColumnText::kLeft, kRight},
                    {"HOST"},
                    {"NETWORK", ColumnText::kLeft, kRight},
                    {"STORAGE", ColumnText::kLeft, kRight},
                    {"AFFINITY", ColumnText::kLeft, kRight},
                    {"CPUS"}});
  Json json = Json::array();
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.Exists(osd)) continue;
    const std::string host = OsdMetadata(state, osd).value("hostname", "");
    json.push_back({{"osd", osd}, {"host", host}});
    table.Add({absl::StrCat(osd), host, "-", "-", "-", "-"});
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(table.ToString());
}

}  // namespace

void AddOsdInfoCommands(const MonState& s, CommandTable* table) {
  const auto add = [&](const char* line, const char* help,
                       Result (*run)(const MonState&, const Args&)) {
    table->Define(line, help, "r", [&s, run](const Args& args) { return run(s, args); });
  };
  add("osd find {id:CephOsdName}", "show where an OSD is", Find);
  add("osd metadata {id:CephOsdName,opt}", "print what OSDs say of themselves", Metadata);
  add("osd info {id:CephOsdName,opt}", "print what the map says of OSDs", Info);
  add("osd map {pool:CephPoolname} {object:CephObjectname} {nspace:CephString,opt}",
      "show which placement group and OSDs an object belongs to", MapObject);
  add("osd getmaxosd", "print how many OSDs the map has room for", GetMaxOsd);
  add("osd perf", "print how long OSDs take to store", Perf);
  add("osd utilization", "print how evenly placement groups are spread", Utilization);
  table->Define("osd setmaxosd {newmax:CephInt,range=0}", "set how many OSDs the map has room for",
                "rw", [&s](const Args& args) { return SetMaxOsd(s, args); });
  table->Define("osd versions", "count the versions of OSDs", "r",
                [&s](const Args& args) { return CountMetadata(s, args, "ceph_version"); });
  table->Define("osd count-metadata {property:CephString}", "count what OSDs say of one property",
                "r",
                [&s](const Args& args) { return CountMetadata(s, args, args.Text("property")); });
  table->Define("osd blocked-by", "print which OSDs keep placement groups from going on", "r",
                [](const Args& args) {
                  const Json none = {{"osd_blocked_by_infos", Json::array()}};
                  return args.json() ? Result::OutputJson(
                                           args, {{"pg_ready", true}, {"osd_blocked_by", none}})
                                     : Result::Output("osd  num_blocked\n");
                });
  table->Define("osd numa-status", "show which part of a host OSDs keep to (all of it)", "r",
                [&s](const Args& args) { return NumaStatus(s, args); });
  table->Define("osd last-stat-seq {id:CephOsdName}", "print the number of an OSD's last report",
                "r", [&s](const Args& args) {
                  const auto osd = args.Osd("id");
                  if (!osd.ok()) return Result::Error(osd.status());
                  const rados::OsdStat* stat = s.stats->Osd(**osd);
                  return Result::Output(absl::StrCat(stat ? stat->seq : 0, "\n"));
                });
}

}  // namespace siphon::mon
