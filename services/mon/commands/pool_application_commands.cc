#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/mon/commands/pool_setting_commands.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;

const CommandTable::Param kPool = {"pool", "CephPoolname"};
const CommandTable::Param kApp = {"app", "CephString"};
const CommandTable::Param kSure = {"yes_i_really_mean_it", "CephBool", true};

Result NoSuchPool(const std::string& name) {
  return Result::Error(absl::NotFoundError(absl::StrCat("unrecognized pool '", name, "'")));
}

Json ApplicationsJson(const rados::PgPool& pool) {
  Json json = Json::object();
  for (const auto& [application, values] : pool.applications) {
    json[application] = Json::object();
    for (const auto& [key, value] : values) json[application][key] = value;
  }
  return json;
}

// What is enabled: on all pools, on one, of one application, or one of its values.
Result Get(const MonState& state, const Args& args) {
  const rados::OsdMap& map = state.maps->current();
  const auto print = [&args](const Json& json) {
    return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
  };
  if (!args.Has("pool")) {
    Json json = Json::object();
    for (const auto& [id, pool] : map.pools) json[map.pool_names.at(id)] = ApplicationsJson(pool);
    return print(json);
  }
  const std::string name = args.Text("pool");
  const auto id = map.FindPoolByName(name);
  if (!id) return NoSuchPool(name);
  const Json all = ApplicationsJson(*map.FindPool(*id));
  if (!args.Has("app")) return print(all);
  const std::string application = args.Text("app");
  if (!all.contains(application))
    return Result::Error(absl::NotFoundError(
        absl::StrCat("pool '", name, "' has no application '", application, "'")));
  if (!args.Has("key")) return print(all[application]);
  const std::string key = args.Text("key");
  if (!all[application].contains(key))
    return Result::Error(absl::NotFoundError(absl::StrCat(
        "application '", application, "' on pool '", name, "' does not have key '", key, "'")));
  return Result::Output(all[application][key].get<std::string>() + "\n");
}

Result Enable(const MonState& state, const Args& args, int64_t pool) {
  const absl::Status status =
      state.pools->EnableApplication(pool, args.Text("app"), args.Flag("yes_i_really_mean_it"));
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("enabled application '", args.Text("app"), "' on pool '",
                                   args.Text("pool"), "'"));
}

Result Disable(const MonState& state, const Args& args, int64_t pool) {
  if (!args.Flag("yes_i_really_mean_it"))
    return Result::Error(absl::PermissionDeniedError(
        "Are you SURE? Disabling an application within a pool might result in loss of application "
        "functionality; pass --yes-i-really-mean-it to proceed anyway"));
  const absl::Status status = state.pools->DisableApplication(pool, args.Text("app"));
  if (absl::IsNotFound(status)) return Result::Done(std::string(status.message()));
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("disable application '", args.Text("app"), "' on pool '",
                                   args.Text("pool"), "'"));
}

Result SetValue(const MonState& state, const Args& args, int64_t pool) {
  const bool removes = !args.Has("value");
  const rados::PgPool& before = *state.maps->current().FindPool(pool);
  const auto values = before.applications.find(args.Text("app"));
  if (removes && values != before.applications.end() && !values->second.contains(args.Text("key")))
    return Result::Done(absl::StrCat("application '", args.Text("app"), "' on pool '",
                                     args.Text("pool"), "' does not have key '", args.Text("key"),
                                     "'"));
  const absl::Status status = state.pools->SetApplicationValue(
      pool, args.Text("app"), args.Text("key"),
      removes ? std::nullopt : std::optional<std::string>(args.Text("value")));
  if (!status.ok()) return Result::Error(status);
  const std::string where =
      absl::StrCat("application '", args.Text("app"), "' key '", args.Text("key"), "'");
  return Result::Done(removes
                          ? absl::StrCat("removed ", where, " on pool '", args.Text("pool"), "'")
                          : absl::StrCat("set ", where, " to '", args.Text("value"), "' on pool '",
                                         args.Text("pool"), "'"));
}

using Change = Result (*)(const MonState&, const Args&, int64_t);
CommandTable::Handler OnPool(const MonState& s, Change change) {
  return [&s, change](const Args& args) {
    const auto id = s.maps->current().FindPoolByName(args.Text("pool"));
    return id ? change(s, args, *id) : NoSuchPool(args.Text("pool"));
  };
}

}  // namespace

void AddPoolApplicationCommands(const MonState& s, CommandTable* table) {
  CommandTable::Param new_app = kApp;
  new_app.good_chars = "[A-Za-z0-9-_.]";
  const CommandTable::Param key = {"key", "CephString", false, false, "", "", "[A-Za-z0-9-_.]"};
  const CommandTable::Param value = {"value", "CephString",     false, false, "",
                                     "",      "[A-Za-z0-9-_.=]"};
  table->Add({"osd pool application enable",
              {kPool, new_app, kSure},
              "say what a pool is used for",
              "osd",
              "rw",
              OnPool(s, Enable)});
  table->Add({"osd pool application disable",
              {kPool, kApp, kSure},
              "say what a pool is no longer used for",
              "osd",
              "rw",
              OnPool(s, Disable)});
  table->Add({"osd pool application set",
              {kPool, kApp, key, value},
              "keep a value for an application of a pool",
              "osd",
              "rw",
              OnPool(s, SetValue)});
  table->Add({"osd pool application rm",
              {kPool, kApp, {"key", "CephString"}},
              "forget a value of an application of a pool",
              "osd",
              "rw",
              OnPool(s, SetValue)});
  table->Add(
      {"osd pool application get",
       {{"pool", "CephPoolname", true}, {"app", "CephString", true}, {"key", "CephString", true}},
       "print what pools are used for",
       "osd",
       "r",
       [&s](const Args& args) { return Get(s, args); }});
}

}  // namespace siphon::mon
