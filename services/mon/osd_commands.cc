#include <cerrno>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/mon/cluster_status.h"
#include "services/mon/map_json.h"
#include "services/mon/map_text.h"
#include "services/mon/osd_commands.h"
#include "services/mon/osd_tree.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using rados::OsdMap;

const CommandTable::Param kEpoch = {"epoch", "CephInt", true, false, "", "0"};
const CommandTable::Param kIds = {"ids", "CephString", false, true};
const CommandTable::Param kId = {"id", "CephOsdName"};

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

Result Find(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  if (!osd.ok()) return Result::Error(osd.status());
  const OsdMap& map = state.maps->current();
  if (!map.Exists(**osd))
    return Result::Error(absl::NotFoundError(absl::StrCat("osd.", **osd, " does not exist")));
  Json location = Json::object();
  for (const auto& [type, name] : CrushLocationOf(map, **osd)) location[type] = name;
  Json json = {{"osd", **osd},
               {"addrs", AddrsJson(map.ClientAddrs(**osd))},
               {"osd_fsid", map.osd_uuid[**osd].ToString()}};
  const auto stored = state.store->Get(MonStore::kOsdMetadata, absl::StrCat(**osd));
  if (stored.ok() && *stored) {
    const Json metadata = Json::parse(**stored, nullptr, false);
    if (metadata.is_object() && metadata.contains("hostname"))
      json["host"] = metadata["hostname"];
  }
  json["crush_location"] = location;
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

// Does something to each of the OSDs in "ids" ("any" and "all" are all of them), and reports on
// each.
Result ForEachOsd(const MonState& state, const Args& args,
                  const std::function<absl::StatusOr<bool>(int32_t)>& act,
                  const std::string& done, const std::string& already) {
  std::string report;
  std::vector<int32_t> osds;
  for (const std::string& word : args.List("ids")) {
    if (word == "all" || word == "any" || word == "*") {
      for (int32_t osd = 0; osd < state.maps->current().max_osd; ++osd)
        if (state.maps->current().Exists(osd)) osds.push_back(osd);
      continue;
    }
    const std::optional<int32_t> osd = ParseOsdName(word);
    if (!osd)
      return Result::Error(
          absl::InvalidArgumentError(absl::StrCat("'", word, "' is not an OSD")));
    osds.push_back(*osd);
  }
  for (const int32_t osd : osds) {
    if (!state.maps->current().Exists(osd)) {
      absl::StrAppend(&report, "osd.", osd, " does not exist. ");
      continue;
    }
    const absl::StatusOr<bool> changed = act(osd);
    if (!changed.ok()) return Result::Error(changed.status());
    absl::StrAppend(&report, *changed ? absl::StrCat(done, " osd.", osd)
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
  if (state.maps->current().IsIn(osd)) return false;
  return state.osds->SetWeight(osd, OsdMap::kWeightIn);
}

Result New(const MonState& state, const Args& args) {
  const auto uuid = rados::Uuid::Parse(args.Text("uuid"));
  if (!uuid.ok()) return Result::Error(uuid.status());
  const auto wanted = args.Osd("id");
  if (!wanted.ok()) return Result::Error(wanted.status());
  const auto osd = state.osds->NewOsd(*uuid, wanted->value_or(-1));
  if (!osd.ok()) return Result::Error(osd.status());
  return args.json() ? Result::OutputJson(args, {{"osdid", *osd}})
                     : Result::Output(absl::StrCat(*osd, "\n"));
}

struct NamedFlag {
  const char* name;
  uint32_t bits;
};
constexpr NamedFlag kFlags[] = {
    {"pause", OsdMap::kPauseRead | OsdMap::kPauseWrite},
    {"noup", OsdMap::kNoUp},
    {"nodown", OsdMap::kNoDown},
    {"noout", OsdMap::kNoOut},
    {"noin", OsdMap::kNoIn},
};

Result SetFlag(const MonState& state, const Args& args, bool on) {
  const std::string key = args.Text("key");
  for (const NamedFlag& flag : kFlags) {
    if (key != flag.name) continue;
    const auto changed = state.osds->SetFlags(flag.bits, on);
    if (!changed.ok()) return Result::Error(changed.status());
    const std::string shown = key == "pause" ? "pauserd,pausewr" : key;
    return Result::Done(absl::StrCat(shown, on ? " is set" : " is unset"));
  }
  return Result::Error(absl::InvalidArgumentError(absl::StrCat("unrecognized flag '", key, "'")));
}

void AddMapCommands(const MonState& s, CommandTable* table) {
  table->Add({"osd dump", {kEpoch}, "print the OSD map", "osd", "r", [&s](const Args& args) {
                return WithMap(s, args, [&](const OsdMap& map) {
                  return args.json() ? Result::OutputJson(args, OsdMapJson(map))
                                     : Result::Output(OsdMapText(map));
                });
              }});
  table->Add({"osd tree", {kEpoch}, "print OSDs in their hierarchy", "osd", "r",
              [&s](const Args& args) {
                return WithMap(s, args, [&](const OsdMap& map) {
                  return args.json() ? Result::OutputJson(args, OsdTreeJson(map))
                                     : Result::Output(OsdTreeText(map));
                });
              }});
  table->Add({"osd ls", {kEpoch}, "list the numbers of all OSDs", "osd", "r",
              [&s](const Args& args) {
                return WithMap(s, args,
                               [&](const OsdMap& map) { return ListOsds(args, map); });
              }});
  table->Add({"osd getmap", {kEpoch}, "get the encoded OSD map", "osd", "r",
              [&s](const Args& args) { return WithMap(s, args, GetMap); }});
  table->Add({"osd getcrushmap", {kEpoch}, "get the encoded CRUSH map", "osd", "r",
              [&s](const Args& args) { return WithMap(s, args, GetCrushMap); }});
  table->Add({"osd stat", {}, "count the OSDs", "osd", "r", [&s](const Args& args) {
                const ClusterStatus status(s);
                return args.json() ? Result::OutputJson(args, status.OsdStatJson())
                                   : Result::Output(absl::StrCat(status.OsdStatText(),
                                                                 "; epoch: e", s.maps->epoch(),
                                                                 "\n"));
              }});
}

}  // namespace

void AddOsdCommands(const MonState& s, CommandTable* table) {
  AddMapCommands(s, table);
  table->Add({"osd find", {kId}, "show where an OSD is", "osd", "r",
              [&s](const Args& args) { return Find(s, args); }});
  table->Add({"osd out", {kIds}, "keep data off these OSDs", "osd", "rw", [&s](const Args& args) {
                return ForEachOsd(
                    s, args, [&s](int32_t osd) { return s.osds->SetWeight(osd, 0); },
                    "marked out", "out");
              }});
  table->Add({"osd in", {kIds}, "let data be put on these OSDs", "osd", "rw",
              [&s](const Args& args) {
                return ForEachOsd(
                    s, args, [&s](int32_t osd) { return In(s, osd); }, "marked in", "in");
              }});
  table->Add({"osd down",
              {kIds, {"definitely_dead", "CephBool", true}},
              "mark these OSDs down (one that runs comes back)",
              "osd",
              "rw",
              [&s](const Args& args) {
                const bool dead = args.Flag("definitely_dead");
                return ForEachOsd(
                    s, args, [&s, dead](int32_t osd) { return Down(s, osd, dead); },
                    "marked down", "down");
              }});
  table->Add({"osd rm", {kIds}, "remove these OSDs, which must be down", "osd", "rw",
              [&s](const Args& args) {
                return ForEachOsd(
                    s, args, [&s](int32_t osd) { return s.osds->RemoveOsd(osd); }, "removed",
                    "gone");
              }});
  table->Add({"osd new",
              {{"uuid", "CephUUID"}, {"id", "CephOsdName", true}},
              "get the number for the OSD with this uuid",
              "osd",
              "rw",
              [&s](const Args& args) { return New(s, args); }});
  const CommandTable::Param key = {"key", "CephChoices", false, false,
                                   "pause|noup|nodown|noout|noin"};
  table->Add({"osd set", {key}, "set a flag of the OSD map", "osd", "rw",
              [&s](const Args& args) { return SetFlag(s, args, true); }});
  table->Add({"osd unset", {key}, "clear a flag of the OSD map", "osd", "rw",
              [&s](const Args& args) { return SetFlag(s, args, false); }});
}

}  // namespace siphon::mon
