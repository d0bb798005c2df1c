#include "services/mon/commands/osd_commands.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/mon/commands/cluster_status.h"
#include "services/mon/text/crush_walk.h"
#include "services/mon/text/map_json.h"
#include "services/mon/text/map_text.h"
#include "services/mon/text/osd_tree.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using rados::OsdMap;

const CommandTable::Param kEpoch = {"epoch", "CephInt", true, false, "", "0"};
const CommandTable::Param kIds = {"ids", "CephString", false, true};

// Runs `print` on the map of the epoch that `args` name, or the newest.
Result WithMap(const MonState& state, const Args& args,
               const std::function<Result(const OsdMap&)>& print) {
  const auto epoch = args.Int("epoch");
  if (!epoch.ok()) return Result::Error(epoch.status());
  const int64_t wanted = epoch->value_or(0);
  if (wanted < 0 || wanted > state.maps->epoch())
    return Result::Error(absl::NotFoundError(absl::StrCat("there is no map for epoch ", wanted)));
  const auto map = state.maps->MapAt(static_cast<uint32_t>(wanted));
  return map.ok() ? print(*map) : Result::Error(map.status());
}

Result GetMap(const OsdMap& map) {
  Result result = Result::Done(absl::StrCat("got osdmap epoch ", map.epoch));
  result.output = map.Encode();
  return result;
}

Result GetCrushMap(const OsdMap& map) {
  Result result = Result::Done(absl::StrCat(map.crush_version));
  Encoder e(&result.output);
  map.crush->Encode(e);
  return result;
}

Result ListOsds(const Args& args, const OsdMap& map) {
  std::vector<int32_t> osds;
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    if (map.Exists(osd)) osds.push_back(osd);
  if (args.json()) return Result::OutputJson(args, Json(osds));
  return Result::Output(osds.empty() ? "" : absl::StrJoin(osds, "\n") + "\n");
}

Result Tree(const OsdMap& map, const Args& args, OsdTreeFilter filter) {
  for (const std::string& state : args.List("states")) filter.states.insert(state);
  return args.json() ? Result::OutputJson(args, OsdTreeJson(map, filter))
                     : Result::Output(OsdTreeText(map, filter));
}

// A tree, or a list of numbers, of what is below a bucket.
Result FromBucket(const OsdMap& map, const Args& args, const std::string& name) {
  const auto id = map.crush->FindItem(name);
  if (!id) return Result::Error(absl::NotFoundError(absl::StrCat("\"", name, "\" does not exist")));
  if (args.prefix() == "osd tree-from") return Tree(map, args, {.states = {}, .root = *id});
  std::vector<int32_t> osds;
  for (const CrushNode& node : WalkCrush(map, false, *id))
    if (node.id >= 0) osds.push_back(node.id);
  std::sort(osds.begin(), osds.end());
  if (args.json()) return Result::OutputJson(args, Json(osds));
  return Result::Output(osds.empty() ? "" : absl::StrJoin(osds, "\n") + "\n");
}

// Does something to each of the OSDs in "ids" ("any" and "all" are all of them), and reports on
// each.
Result ForEachOsd(const MonState& state, const Args& args,
                  const std::function<absl::StatusOr<bool>(int32_t)>& act, const std::string& done,
                  const std::string& already) {
  std::string report;
  std::vector<int32_t> osds;
  bool all = false;  // then those that need no change are not worth a word
  for (const std::string& word : args.List("ids")) {
    if (word == "all" || word == "any" || word == "*") {
      all = true;
      for (int32_t osd = 0; osd < state.maps->current().max_osd; ++osd)
        if (state.maps->current().Exists(osd)) osds.push_back(osd);
      continue;
    }
    const std::optional<int32_t> osd = ParseOsdName(word);
    if (!osd)
      return Result::Error(absl::InvalidArgumentError(
          absl::StrCat("Expected option value to be integer, got '", word, "'invalid osd id-1")));
    osds.push_back(*osd);
  }
  for (const int32_t osd : osds) {
    if (!state.maps->current().Exists(osd)) {
      absl::StrAppend(&report, "osd.", osd, " does not exist. ");
      continue;
    }
    const absl::StatusOr<bool> changed = act(osd);
    if (!changed.ok()) return Result::Error(changed.status());
    if (all && !*changed) continue;
    absl::StrAppend(&report,
                    *changed ? absl::StrCat(done, " osd.", osd)
                             : absl::StrCat("osd.", osd, " is already ", already),
                    ". ");
  }
  return Result::Done(report);
}

absl::StatusOr<bool> Down(const MonState& state, int32_t osd, bool dead) {
  if (!state.maps->current().IsUp(osd)) return false;
  const absl::Status status = state.osds->MarkDown(osd, dead);
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<bool> In(const MonState& state, int32_t osd) {
  const OsdMap& map = state.maps->current();
  if (map.IsIn(osd)) return false;
  const uint32_t before = map.osd_xinfo[osd].old_weight;  // when the monitor marked it out
  return state.osds->SetWeight(osd, before != 0 ? before : OsdMap::kWeightIn);
}

void AddMapCommands(const MonState& s, CommandTable* table) {
  table->Add({"osd dump", {kEpoch}, "print the OSD map", "osd", "r", [&s](const Args& args) {
                return WithMap(s, args, [&](const OsdMap& map) {
                  return args.json() ? Result::OutputJson(args, OsdMapJson(map))
                                     : Result::Output(OsdMapText(map));
                });
              }});
  const std::string states = "{states:CephChoices,opt,n=N,strings=up|down|in|out|destroyed}";
  const std::string epoch = "{epoch:CephInt,opt,range=0}";
  table->Define(absl::StrCat("osd tree ", epoch, " ", states), "print OSDs in their hierarchy", "r",
                [&s](const Args& args) {
                  return WithMap(s, args, [&](const OsdMap& map) { return Tree(map, args, {}); });
                });
  table->Define(absl::StrCat("osd tree-from ", epoch, " {bucket:CephString} ", states),
                "print the hierarchy below a bucket", "r", [&s](const Args& args) {
                  return WithMap(s, args, [&](const OsdMap& map) {
                    return FromBucket(map, args, args.Text("bucket"));
                  });
                });
  table->Define(absl::StrCat("osd ls-tree ", epoch, " {name:CephString}"),
                "list the numbers of the OSDs below a bucket", "r", [&s](const Args& args) {
                  return WithMap(s, args, [&](const OsdMap& map) {
                    return FromBucket(map, args, args.Text("name"));
                  });
                });
  table->Add(
      {"osd ls", {kEpoch}, "list the numbers of all OSDs", "osd", "r", [&s](const Args& args) {
         return WithMap(s, args, [&](const OsdMap& map) { return ListOsds(args, map); });
       }});
  table->Add(
      {"osd getmap", {kEpoch}, "get the encoded OSD map", "osd", "r", [&s](const Args& args) {
         return WithMap(s, args, GetMap);
       }});
  table->Add({"osd getcrushmap",
              {kEpoch},
              "get the encoded CRUSH map",
              "osd",
              "r",
              [&s](const Args& args) { return WithMap(s, args, GetCrushMap); }});
  table->Add({"osd stat", {}, "count the OSDs", "osd", "r", [&s](const Args& args) {
                const ClusterStatus status(s);
                if (args.json()) return Result::OutputJson(args, status.OsdStatJson());
                const std::string flags = status.OsdFlagsText();
                return Result::Output(absl::StrCat(status.OsdStatText(), "; epoch: e",
                                                   s.maps->epoch(), "\n", flags,
                                                   flags.empty() ? "" : "\n"));
              }});
}

}  // namespace

void AddOsdCommands(const MonState& s, CommandTable* table) {
  AddMapCommands(s, table);
  table->Add({"osd out", {kIds}, "keep data off these OSDs", "osd", "rw", [&s](const Args& args) {
                return ForEachOsd(
                    s, args, [&s](int32_t osd) { return s.osds->SetWeight(osd, 0); }, "marked out",
                    "out");
              }});
  table->Add(
      {"osd in", {kIds}, "let data be put on these OSDs", "osd", "rw", [&s](const Args& args) {
         return ForEachOsd(s, args, [&s](int32_t osd) { return In(s, osd); }, "marked in", "in");
       }});
  table->Add({"osd down",
              {kIds, {"definitely_dead", "CephBool", true}},
              "mark these OSDs down (one that runs comes back)",
              "osd",
              "rw",
              [&s](const Args& args) {
                const bool dead = args.Flag("definitely_dead");
                return ForEachOsd(
                    s, args, [&s, dead](int32_t osd) { return Down(s, osd, dead); }, "marked down",
                    "down");
              }});
}

}  // namespace siphon::mon
