#include "services/mon/commands/cluster_commands.h"

#include <cerrno>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/mon/commands/cluster_status.h"
#include "services/mon/commands/metadata.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/map_json.h"
#include "services/mon/text/map_text.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;

const CommandTable::Param kDetail = {"detail", "CephChoices", true, false, "detail"};
const CommandTable::Param kEpoch = {"epoch", "CephInt", true, false, "", "0"};

Json MonMapWithQuorum(const MonState& state) {
  Json json = MonMapJson(*state.monmap);
  json["quorum"] = Json::array({0});
  return json;
}

// The only monitor map that is kept is the newest.
std::optional<Result> WrongMonMapEpoch(const MonState& state, const Args& args) {
  const auto epoch = args.Int("epoch");
  if (!epoch.ok()) return Result::Error(epoch.status());
  if (!*epoch || **epoch == 0 || **epoch == state.monmap->epoch) return std::nullopt;
  return Result::Error(absl::NotFoundError(absl::StrCat(
      "there is no map for epoch ", **epoch, "; the monitor map has epoch ", state.monmap->epoch)));
}

Result MonDump(const MonState& state, const Args& args) {
  if (auto wrong = WrongMonMapEpoch(state, args)) return *std::move(wrong);
  const std::string status = absl::StrCat("dumped monmap epoch ", state.monmap->epoch);
  if (args.json()) return Result::OutputJson(args, MonMapWithQuorum(state), status);
  return Result::Output(MonMapText(*state.monmap), status);
}

Result MonStat(const MonState& state, const Args& args) {
  const rados::MonMap& map = *state.monmap;
  if (args.json())
    return Result::OutputJson(args,
                              {{"epoch", map.epoch},
                               {"min_mon_release_name", ReleaseName(map.min_mon_release)},
                               {"num_mons", map.ranks.size()},
                               {"leader", state.name},
                               {"quorum", Json::array({{{"rank", 0}, {"name", state.name}}})}});
  return Result::Output(absl::StrCat("e", map.epoch, ": ", map.ranks.size(), " mons at {",
                                     state.name, "=", map.FindRank(0)->addrs.ToString(),
                                     "} removed_ranks: {}, election epoch ", map.epoch,
                                     ", leader 0 ", state.name, ", quorum 0 ", state.name, "\n"));
}

Result MonGetMap(const MonState& state, const Args& args) {
  if (auto wrong = WrongMonMapEpoch(state, args)) return *std::move(wrong);
  Result result = Result::Done(absl::StrCat("got monmap epoch ", state.monmap->epoch));
  result.output = state.monmap->Encode();
  return result;
}

Result QuorumStatus(const MonState& state, const Args& args) {
  const Json json = {{"election_epoch", state.monmap->epoch},
                     {"quorum", Json::array({0})},
                     {"quorum_names", Json::array({state.name})},
                     {"quorum_leader_name", state.name},
                     {"quorum_age", absl::ToInt64Seconds(state.clock->Now() - state.started)},
                     {"features",
                      {{"quorum_con", absl::StrCat(kFeaturesSupported)},
                       {"quorum_mon", Json(MonFeatureNames(state.monmap->persistent_features))}}},
                     {"monmap", MonMapJson(*state.monmap)}};
  return Result::OutputJson(args, json);
}

// How many daemons run which version; OSDs say it when they boot.
Result Versions(const MonState& state, const Args& args) {
  const std::map<std::string, int> mons = {{VersionText(), 1}};
  const std::map<std::string, int> osds = CountOsdMetadata(state, "ceph_version");
  std::map<std::string, int> overall = osds;
  for (const auto& [version, n] : mons) overall[version] += n;
  Json json = {{"mon", mons},
               {"mgr", Json::object()},
               {"osd", osds},
               {"mds", Json::object()},
               {"overall", overall}};
  if (osds.empty()) json["osd"] = Json::object();
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

}  // namespace

void AddClusterCommands(const MonState& s, CommandTable* table) {
  table->Add({"get_command_descriptions",
              {},
              "list the commands of this monitor",
              "mon",
              "r",
              [table](const Args& args) { return Result::OutputJson(args, table->Describe()); }});
  table->Add({"fsid", {}, "print the id of the cluster", "mon", "r", [&s](const Args& args) {
                const std::string fsid = s.monmap->fsid.ToString();
                return args.json() ? Result::OutputJson(args, {{"fsid", fsid}})
                                   : Result::Output(fsid + "\n");
              }});
  table->Add({"version", {}, "print the version of this monitor", "mon", "r", [](const Args& args) {
                return args.json() ? Result::OutputJson(args, {{"version", VersionText()}})
                                   : Result::Output(VersionText() + "\n");
              }});
  table->Add(
      {"versions", {}, "count the versions of all daemons", "mon", "r", [&s](const Args& args) {
         return Versions(s, args);
       }});
  table->Add({"status", {}, "show how the cluster is", "mon", "r", [&s](const Args& args) {
                const ClusterStatus status(s);
                return args.json() ? Result::OutputJson(args, status.StatusJson())
                                   : Result::Output(status.StatusText());
              }});
  table->Add({"health",
              {kDetail},
              "show what is wrong with the cluster",
              "mon",
              "r",
              [&s](const Args& args) {
                const ClusterStatus status(s);
                const bool detail = args.Text("detail") == "detail";
                return args.json() ? Result::OutputJson(args, status.HealthJson(detail))
                                   : Result::Output(status.HealthText(detail));
              }});
  table->Add(
      {"quorum_status", {}, "show which monitors decide", "mon", "r", [&s](const Args& args) {
         return QuorumStatus(s, args);
       }});
  table->Add({"mon dump", {kEpoch}, "print the monitor map", "mon", "r", [&s](const Args& args) {
                return MonDump(s, args);
              }});
  table->Add({"mon stat", {}, "summarise the monitors", "mon", "r", [&s](const Args& args) {
                return MonStat(s, args);
              }});
  table->Add(
      {"mon getmap", {kEpoch}, "get the encoded monitor map", "mon", "r", [&s](const Args& args) {
         return MonGetMap(s, args);
       }});
}

}  // namespace siphon::mon
