// Numbers for new OSDs; whether OSDs may go, and making them go.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/random_source.h"
#include "services/mon/commands/osd_commands.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;
using rados::OsdMap;

Result NewOsd(const MonState& state, const Args& args, bool random_uuid) {
  rados::Uuid uuid;
  if (args.Has("uuid")) {
    const auto given = rados::Uuid::Parse(args.Text("uuid"));
    if (!given.ok()) return Result::Error(given.status());
    uuid = *given;
  } else if (random_uuid) {
    uuid = rados::Uuid::Random(RandomSource::Real());
  }
  const auto wanted = args.Osd("id");
  if (!wanted.ok()) return Result::Error(wanted.status());
  const auto osd = state.osds->NewOsd(uuid, wanted->value_or(-1));
  if (!osd.ok()) return Result::Error(osd.status());
  return args.json() ? Result::OutputJson(args, {{"osdid", *osd}})
                     : Result::Output(absl::StrCat(*osd, "\n"));
}

absl::StatusOr<std::set<int32_t>> OsdSet(const OsdMap& map, const Args& args) {
  std::set<int32_t> osds;
  for (const std::string& word : args.List("ids")) {
    if (word == "all" || word == "any" || word == "*") {
      for (int32_t osd = 0; osd < map.max_osd; ++osd)
        if (map.Exists(osd)) osds.insert(osd);
      continue;
    }
    const auto osd = ParseOsdName(word);
    if (!osd) return absl::InvalidArgumentError(absl::StrCat("'", word, "' is not an OSD"));
    osds.insert(*osd);
  }
  return osds;
}

// How many placement groups are on the OSD.
size_t GroupsOn(const MonState& state, int32_t osd) {
  size_t n = 0;
  for (const auto& group : state.stats->Groups(state.maps->current()))
    n += std::find(group.stat.acting.begin(), group.stat.acting.end(), osd) !=
         group.stat.acting.end();
  return n;
}

// Whether groups go on with as many OSDs as their pools ask for at least.
Result OkToStop(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  const auto osds = OsdSet(map, args);
  if (!osds.ok()) return Result::Error(osds.status());
  size_t ok = 0;
  std::vector<std::string> inactive, degraded;
  for (const auto& group : state.stats->Groups(map)) {
    size_t left = 0;
    bool touched = false;
    for (const int32_t osd : group.stat.acting) {
      if (osds->contains(osd))
        touched = true;
      else if (osd != rados::kCrushItemNone)
        ++left;
    }
    if (!touched) continue;
    if (left < map.FindPool(static_cast<int64_t>(group.id.pool))->min_size) {
      inactive.push_back(group.id.ToString());
    } else {
      ++ok;
      degraded.push_back(group.id.ToString());
    }
  }
  Json json = {{"ok_to_stop", inactive.empty()},
               {"osds", *osds},
               {"num_ok_pgs", ok},
               {"num_not_ok_pgs", inactive.size()}};
  if (!inactive.empty()) json["bad_become_inactive"] = inactive;
  if (!degraded.empty()) json["ok_become_degraded"] = degraded;
  Result result = Result::Output(json.dump(args.pretty() ? 4 : -1) + "\n");
  if (inactive.empty()) return result;
  Result refused = Result::Error(absl::FailedPreconditionError(
      absl::StrCat("unsafe to stop osd(s) at this time (", inactive.size(),
                   " PGs are or would become offline)")));
  refused.output = std::move(result.output);
  return refused;
}

Result SafeToDestroy(const MonState& state, const Args& args) {
  const auto osds = OsdSet(state.maps->current(), args);
  if (!osds.ok()) return Result::Error(osds.status());
  std::vector<int32_t> safe, active;
  size_t groups = 0;
  for (const int32_t osd : *osds) {
    const size_t on = GroupsOn(state, osd);
    (on == 0 ? safe : active).push_back(osd);
    groups += on;
  }
  if (!active.empty()) {
    Result refused = Result::Error(
        absl::FailedPreconditionError(absl::StrCat("OSD(s) ", absl::StrJoin(active, ","), " have ",
                                                   groups, " pgs currently mapped to them. ")));
    if (args.json())
      refused.output = Result::OutputJson(args, {{"safe_to_destroy", safe},
                                                 {"active", active},
                                                 {"missing_stats", Json::array()},
                                                 {"stored_pgs", Json::array()}})
                           .output;
    return refused;
  }
  const std::string text = absl::StrCat("OSD(s) ", absl::StrJoin(safe, ","),
                                        " are safe to destroy without reducing data durability.");
  if (!args.json()) return Result::Done(text);
  return Result::OutputJson(args, {{"safe_to_destroy", safe},
                                   {"active", active},
                                   {"missing_stats", Json::array()},
                                   {"stored_pgs", Json::array()}});
}

Result Remove(const MonState& state, const Args& args) {
  const auto osds = OsdSet(state.maps->current(), args);
  if (!osds.ok()) return Result::Error(osds.status());
  std::string report;
  for (const int32_t osd : *osds) {
    const auto changed = state.osds->RemoveOsd(osd);
    if (!changed.ok())
      return Result::Error(
          absl::Status(changed.status().code(), absl::StrCat(changed.status().message(), ". ")));
    absl::StrAppend(&report, report.empty() ? "" : " ",
                    *changed ? absl::StrCat("removed osd.", osd)
                             : absl::StrCat("osd.", osd, " does not exist."));
  }
  return Result::Done(report);
}

// Purges or destroys; data that only it has would be lost, so it must be empty or the person sure.
Result Discard(const MonState& state, const Args& args, bool purge) {
  const auto osd = args.Osd("id");
  if (!osd.ok()) return Result::Error(osd.status());
  const OsdMap& map = state.maps->current();
  if (!map.Exists(**osd) && !(purge && map.crush->ParentOf(**osd)))
    return Result::Done(absl::StrCat("osd.", **osd, " does not exist"));
  const bool sure = args.Flag("force") || args.Flag("yes_i_really_mean_it");
  const size_t groups = GroupsOn(state, **osd);
  if (!sure && groups > 0)
    return Result::Error(absl::FailedPreconditionError(absl::StrCat(
        "OSD(s) ", **osd, " have ", groups,
        " pgs currently mapped to them. \nYou can proceed by "
        "passing --force, but be warned that this will likely mean real, permanent data loss.")));
  if (map.IsUp(**osd))
    return Result::Error(
        absl::FailedPreconditionError(absl::StrCat("osd.", **osd, " is not `down`.")));
  const auto changed =
      purge ? state.osds->RemoveOsd(**osd, /*from_crush=*/true) : state.osds->DestroyOsd(**osd);
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat(purge ? "purged osd." : "destroyed osd.", **osd));
}

Result Lost(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  if (!osd.ok()) return Result::Error(osd.status());
  if (!args.Flag("yes_i_really_mean_it"))
    return Result::Error(absl::PermissionDeniedError(
        "are you SURE?  this might mean real, permanent data loss.  pass --yes-i-really-mean-it "
        "if you really do."));
  const OsdMap& map = state.maps->current();
  if (!map.Exists(**osd))
    return Result::Error(absl::NotFoundError(absl::StrCat("osd.", **osd, " does not exist")));
  if (map.IsUp(**osd))
    return Result::Error(
        absl::FailedPreconditionError(absl::StrCat("osd.", **osd, " is not down")));
  const uint32_t epoch = map.osd_info[**osd].down_at;
  const absl::Status status = state.osds->Change(
      [&](rados::OsdMapIncremental* change) { change->new_lost[**osd] = epoch; });
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("marked osd lost in epoch ", epoch));
}

}  // namespace

void AddOsdRemovalCommands(const MonState& s, CommandTable* table) {
  table->Define("osd new {uuid:CephUUID} {id:CephOsdName,opt}",
                "get the number for the OSD with this uuid", "rw",
                [&s](const Args& args) { return NewOsd(s, args, false); });
  table->Define("osd create {uuid:CephUUID,opt} {id:CephOsdName,opt}", "get a number for an OSD",
                "rw", [&s](const Args& args) { return NewOsd(s, args, true); });
  table->Define("osd ok-to-stop {ids:CephString,n=N} {max:CephInt,opt}",
                "say whether data stays available without these OSDs", "r",
                [&s](const Args& args) { return OkToStop(s, args); });
  table->Define("osd safe-to-destroy {ids:CephString,n=N}",
                "say whether these OSDs hold nothing that is needed", "r",
                [&s](const Args& args) { return SafeToDestroy(s, args); });
  table->Define("osd rm {ids:CephString,n=N}", "remove these OSDs, which must be down", "rw",
                [&s](const Args& args) { return Remove(s, args); });
  const std::string sure =
      " {id:CephOsdName} {force:CephBool,opt} {yes_i_really_mean_it:CephBool,opt}";
  for (const char* name : {"purge", "purge-new", "purge-actual"})
    table->Define(absl::StrCat("osd ", name, sure),
                  "remove an OSD that is down from the map and the hierarchy", "rw",
                  [&s](const Args& args) { return Discard(s, args, true); });
  for (const char* name : {"destroy", "destroy-actual"})
    table->Define(absl::StrCat("osd ", name, sure),
                  "forget the store of an OSD that is down, for another to take its number", "rw",
                  [&s](const Args& args) { return Discard(s, args, false); });
  table->Define("osd lost {id:CephOsdName} {yes_i_really_mean_it:CephBool,opt}",
                "say that the data of an OSD will not come back", "rw",
                [&s](const Args& args) { return Lost(s, args); });
}

}  // namespace siphon::mon
