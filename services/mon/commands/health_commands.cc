// Health, what the log says, and who is where.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/absl_view.h"
#include "services/mon/commands/cluster_commands.h"
#include "services/mon/commands/health_checks.h"
#include "services/mon/commands/metadata.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/map_json.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using rados::LogEntry;

Result Pretty(const Args& args, const Json& json) {
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

Result Mute(const MonState& state, const Args& args) {
  const std::string code = args.Text("code");
  const std::vector<HealthCheck> checks = FindHealthChecks(state);
  const bool raised = std::any_of(checks.begin(), checks.end(),
                                  [&code](const HealthCheck& check) { return check.code == code; });
  if (!raised && !args.Flag("sticky"))
    return Result::Error(
        absl::NotFoundError(absl::StrCat("health alert ", code, " is not currently raised")));
  absl::Time until = absl::InfiniteFuture();
  if (args.Has("ttl")) {
    absl::Duration ttl;
    int64_t seconds = 0;
    if (absl::SimpleAtoi(args.Text("ttl"), &seconds))
      ttl = absl::Seconds(seconds);
    else if (!absl::ParseDuration(args.Text("ttl"), &ttl))
      return Result::Error(
          absl::InvalidArgumentError(absl::StrCat("not a valid duration: ", args.Text("ttl"))));
    until = state.clock->Now() + ttl;
  }
  const absl::Status status = state.mutes->Mute(code, until);
  return status.ok() ? Result::Done("") : Result::Error(status);
}

Result Unmute(const MonState& state, const Args& args) {
  const absl::Status status = state.mutes->Unmute(args.Text("code"));
  return status.ok() ? Result::Done("") : Result::Error(status);
}

Result LogLast(const MonState& state, const Args& args) {
  const auto number = args.Int("num");
  if (!number.ok()) return Result::Error(number.status());
  uint16_t level = LogEntry::kInfo;
  const std::map<std::string, uint16_t> levels = {{"debug", LogEntry::kDebug},
                                                  {"info", LogEntry::kInfo},
                                                  {"sec", LogEntry::kSecurity},
                                                  {"warn", LogEntry::kWarning},
                                                  {"error", LogEntry::kError}};
  if (args.Has("level")) {
    const auto it = levels.find(args.Text("level"));
    if (it == levels.end())
      return Result::Error(
          absl::InvalidArgumentError("a level is debug, info, sec, warn or error"));
    level = it->second;
  }
  const std::string channel = args.Has("channel") ? args.Text("channel") : "cluster";
  const size_t most = static_cast<size_t>(std::clamp<int64_t>(number->value_or(20), 0, 100'000));
  Json json = Json::array();
  std::string text;
  for (const LogEntry& entry : state.log->Last(most, level, channel)) {
    absl::StrAppend(&text, LogLine(entry), "\n");
    json.push_back(
        {{"name", absl::StrCat(AbslView(EntityTypeName(static_cast<EntityType>(entry.auth_type))),
                               ".", entry.auth_id)},
         {"rank", entry.rank.ToString()},
         {"addrs", AddrsJson(entry.addrs)},
         {"stamp", TimeText(entry.stamp)},
         {"seq", entry.seq},
         {"channel", entry.channel},
         {"priority", LogPriorityName(entry.priority)},
         {"message", entry.message}});
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

Result Log(const MonState& state, const Args& args) {
  LogEntry entry;
  entry.auth_type = args.caller().type;
  entry.auth_id = args.caller().id;
  entry.rank = {args.caller().type, -1};  // a client has no rank
  entry.addrs = args.caller().addrs;
  entry.stamp = state.clock->Now();
  entry.message = absl::StrJoin(args.List("logtext"), " ");
  entry.channel = "cluster";
  state.log->Add(std::move(entry));
  return Result::Done("");
}

// Which daemons are on which hosts.
Result NodeLs(const MonState& state, const Args& args) {
  const std::string type = args.Has("type") ? args.Text("type") : "all";
  Json mons = Json::object(), osds = Json::object();
  mons[MonMetadata(state)["hostname"].get<std::string>()] = Json::array({state.name});
  const rados::OsdMap& map = state.maps->current();
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.Exists(osd)) continue;
    const Json metadata = OsdMetadata(state, osd);
    if (!metadata.contains("hostname") || !metadata["hostname"].is_string()) continue;
    Json& host = osds[metadata["hostname"].get<std::string>()];
    if (host.is_null()) host = Json::array();
    host.push_back(osd);
  }
  if (type == "mon") return Pretty(args, mons);
  if (type == "osd") return Pretty(args, osds);
  if (type == "mds" || type == "mgr") return Pretty(args, Json::object());
  return Pretty(args, {{"mon", mons}, {"osd", osds}, {"mgr", Json::object()}});
}

Result MonMetadataCommand(const MonState& state, const Args& args) {
  Json json = MonMetadata(state);
  if (args.Has("id") && args.Text("id") != state.name && args.Text("id") != "0")
    return Result::Error(absl::NotFoundError("requested mon not found"));
  if (args.Has("id")) {
    json.erase("name");
    return Pretty(args, json);
  }
  return Pretty(args, Json::array({json}));
}

Result CountMonMetadata(const MonState& state, const Args& args, const std::string& property) {
  const Json metadata = MonMetadata(state);
  const std::string value =
      metadata.contains(property) ? metadata[property].get<std::string>() : "unknown";
  return Pretty(args, {{value, 1}});
}

Result MonFeatures(const MonState& state, const Args& args) {
  const auto names = MonFeatureNames(state.monmap->persistent_features);
  if (args.json())
    return Result::OutputJson(
        args, {{"all", {{"supported", Json(names)}, {"persistent", Json(names)}}},
               {"monmap", {{"persistent", Json(names)}, {"optional", Json::array()}}}});
  const std::string list = absl::StrCat("[", absl::StrJoin(names, ","), "]");
  return Result::Output(absl::StrCat("all features\n\tsupported: ", list, "\n\tpersistent: ", list,
                                     "\non current monmap (epoch ", state.monmap->epoch,
                                     ")\n\tpersistent: ", list, "\n\trequired: ", list, "\n"));
}

Result Features(const MonState& state, const Args& args) { return Pretty(args, FeatureMap(state)); }

}  // namespace

void AddHealthCommands(const MonState& s, CommandTable* table) {
  const auto add = [&](const char* line, const char* help, const char* permission,
                       Result (*run)(const MonState&, const Args&)) {
    table->Define(line, help, permission, [&s, run](const Args& args) { return run(s, args); });
  };
  add("health mute {code:CephString} {ttl:CephString,opt} {sticky:CephBool,opt}",
      "do not tell of a health check, for a time or for good", "rw", Mute);
  add("health unmute {code:CephString,opt}", "tell of a health check again, or of all", "rw",
      Unmute);
  add("log {logtext:CephString,n=N}", "write a line to the cluster's log", "rw", Log);
  add("log last {num:CephInt,opt,range=1} "
      "{level:CephChoices,opt,strings=debug|info|sec|warn|error} "
      "{channel:CephChoices,opt,strings=*|cluster|audit|cephadm}",
      "print the last lines of the cluster's log", "r", LogLast);
  add("node ls {type:CephChoices,opt,strings=all|osd|mon|mds|mgr}",
      "list which daemons are on which hosts", "r", NodeLs);
  add("mon metadata {id:CephString,opt}", "print what monitors say of themselves", "r",
      MonMetadataCommand);
  add("mon feature ls", "list the features of monitors", "r", MonFeatures);
  add("features", "count the features that peers have", "r", Features);
  table->Define("mon versions", "count the versions of monitors", "r",
                [&s](const Args& args) { return CountMonMetadata(s, args, "ceph_version"); });
  table->Define(
      "mon count-metadata {property:CephString}", "count what monitors say of one property", "r",
      [&s](const Args& args) { return CountMonMetadata(s, args, args.Text("property")); });
  table->Define("mon ok-to-stop {ids:CephString,n=N}", "say whether monitors may be stopped", "r",
                [](const Args& args) {
                  return Result::Error(absl::FailedPreconditionError(absl::StrCat(
                      "not enough monitors would be available () after stopping mons [",
                      absl::StrJoin(args.List("ids"), ","), "]")));
                });
  table->Define("time-sync-status", "show how far the monitors' clocks are apart", "r",
                [&s](const Args& args) {
                  return Pretty(
                      args,
                      {{"timechecks",
                        {{"epoch", s.monmap->epoch}, {"round", 0}, {"round_status", "finished"}}}});
                });
}

}  // namespace siphon::mon
