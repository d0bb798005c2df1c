#include "services/mon/commands/config_commands.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/config.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/column_text.h"
#include "services/mon/text/osd_tree.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Option = ConfigMonitor::Option;
using Result = CommandResult;

bool CanChangeAtRuntime(const std::string& name) {
  const OptionSpec* spec = FindOption(name);
  return spec == nullptr || spec->runtime;
}

Json MaskJson(const ConfigMonitor::Section& section) {
  Json json = Json::object();
  if (!section.location.empty()) {
    json["location_type"] = section.location_type;
    json["location_value"] = section.location;
  }
  if (!section.device_class.empty()) json["device_class"] = section.device_class;
  return json;
}

// `indent`: narrower sections stand further right.
std::string OptionsText(const std::vector<Option>& options, bool indent) {
  ColumnText table({{"WHO"}, {"MASK"}, {"LEVEL"}, {"OPTION"}, {"VALUE"}, {"RO"}});
  for (const Option& option : options) {
    const size_t depth = !indent || option.section.type == "global" ? 0
                         : option.section.id.empty()                ? 2
                                                                    : 4;
    table.Add({std::string(depth, ' ') + option.section.Who(), option.section.Mask(), "advanced",
               option.name, option.value, CanChangeAtRuntime(option.name) ? " " : "*"});
  }
  return table.ToString();
}

Result Dump(const MonState& state, const Args& args) {
  const std::vector<Option> all = state.options->All();
  if (!args.json()) return Result::Output(OptionsText(all, true));
  Json json = Json::array();
  for (const Option& option : all) {
    Json one = {{"section", option.section.Who()},
                {"name", option.name},
                {"value", option.value},
                {"level", "advanced"},
                {"can_update_at_runtime", CanChangeAtRuntime(option.name)},
                {"mask", option.section.Mask()}};
    one.update(MaskJson(option.section));
    json.push_back(std::move(one));
  }
  return Result::OutputJson(args, json);
}

// A daemon or client by name, or a whole type.
absl::StatusOr<ConfigMonitor::Target> TargetOf(const MonState& state, const std::string& who) {
  const auto section = ConfigMonitor::Section::Parse(who);
  if (!section.ok() || !section->Mask().empty())
    return absl::InvalidArgumentError(absl::StrCat("unrecognized entity '", who, "'"));
  // Asked for all OSDs, Ceph takes the masks of the first.
  const bool all_osds = section->type == "osd" && section->id.empty();
  ConfigMonitor::Target target =
      ConfigTarget(state.maps->current(), section->type, all_osds ? "0" : section->id);
  if (all_osds) target.id.clear();
  return target;
}

Result Get(const MonState& state, const Args& args) {
  const auto target = TargetOf(state, args.Text("who"));
  if (!target.ok()) return Result::Error(target.status());
  const std::vector<Option> options = state.options->Effective(*target);
  if (!args.Has("key")) {
    if (!args.json()) return Result::Output(OptionsText(options, false));
    Json json = Json::object();
    for (const Option& option : options)
      json[option.name] = {{"value", option.value},
                           {"section", option.section.Who()},
                           {"mask", MaskJson(option.section)},
                           {"can_update_at_runtime", CanChangeAtRuntime(option.name)}};
    return Result::OutputJson(args, json);
  }
  const std::string key = args.Text("key");
  const OptionSpec* spec = FindOption(key);
  const std::string name = spec ? spec->name : key;
  for (const Option& option : options)
    if (option.name == name) return Result::Output(option.value + "\n");
  if (!spec)
    return Result::Error(absl::NotFoundError(absl::StrCat("unrecognized key '", key, "'")));
  return Result::Output(absl::StrCat(spec->default_text, "\n"));
}

Result Set(const MonState& state, const Args& args) {
  const absl::Status status =
      state.options->Set(args.Text("who"), args.Text("name"), args.Text("value"),
                         args.Flag("force"), state.clock->Now());
  return status.ok() ? Result::Done("") : Result::Error(status);
}

Result Remove(const MonState& state, const Args& args) {
  const absl::Status status = state.options->Set(args.Text("who"), args.Text("name"), std::nullopt,
                                                 false, state.clock->Now());
  return status.ok() ? Result::Done("") : Result::Error(status);
}

Result History(const MonState& state, const Args& args) {
  const auto most = args.Int("num");
  if (!most.ok()) return Result::Error(most.status());
  const auto changes =
      state.options->History(static_cast<size_t>(std::max<int64_t>(most->value_or(10), 0)));
  Json json = Json::array();
  std::string text;
  uint64_t version = 0;
  for (const auto& change : changes) {
    if (change.version != version) {
      version = change.version;
      absl::StrAppend(&text, "--- ", version, " --- ", TimeText(change.when), " ---\n");
      json.push_back({{"version", version},
                      {"timestamp", TimeText(change.when)},
                      {"name", ""},
                      {"changes", Json::array()}});
    }
    Json one = {{"name", change.key}};
    if (change.before) {
      absl::StrAppend(&text, "- ", change.key, " = ", *change.before, "\n");
      one["previous_value"] = *change.before;
    }
    if (change.after) {
      absl::StrAppend(&text, "+ ", change.key, " = ", *change.after, "\n");
      one["new_value"] = *change.after;
    }
    json.back()["changes"].push_back(std::move(one));
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

Result Reset(const MonState& state, const Args& args) {
  const auto version = args.Int("num");
  if (!version.ok()) return Result::Error(version.status());
  if (**version < 0) return Result::Error(absl::InvalidArgumentError("num must be positive"));
  const absl::Status status =
      state.options->Reset(static_cast<uint64_t>(**version), state.clock->Now());
  return status.ok() ? Result::Done("") : Result::Error(status);
}

const char* TypeName(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "bool";
    case OptionType::kInt:
      return "int";
    case OptionType::kSize:
      return "size";
    case OptionType::kFloat:
      return "float";
    case OptionType::kString:
      return "str";
    case OptionType::kDuration:
      return "secs";
  }
  return "str";
}

Result Help(const Args& args) {
  const OptionSpec* spec = FindOption(args.Text("key"));
  if (!spec) return Result::Error(absl::NotFoundError(""));
  if (args.json())
    return Result::OutputJson(args, {{"name", spec->name},
                                     {"type", TypeName(spec->type)},
                                     {"level", "advanced"},
                                     {"desc", spec->description},
                                     {"long_desc", ""},
                                     {"default", spec->default_text},
                                     {"daemon_default", ""},
                                     {"tags", Json::array()},
                                     {"services", Json::array()},
                                     {"see_also", Json::array()},
                                     {"min", ""},
                                     {"max", ""},
                                     {"can_update_at_runtime", spec->runtime},
                                     {"flags", Json::array()}});
  return Result::Output(
      absl::StrCat(spec->name, " - ", spec->description, "\n  (", TypeName(spec->type),
                   ", advanced)\n  Default: ", spec->default_text,
                   "\n  Can update at runtime: ", spec->runtime ? "true" : "false", "\n"));
}

Result ListNames(const Args& args) {
  Json json = Json::array();
  std::string text;
  for (const OptionSpec& spec : AllOptions()) {
    json.push_back(spec.name);
    absl::StrAppend(&text, spec.name, "\n");
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

// Takes what a ceph.conf sets; gives back what cannot be central.
Result Assimilate(const MonState& state, const Args& args) {
  std::string section = "global";
  std::string left, left_section;
  const std::string file = args.input().ToString();
  for (absl::string_view line : absl::StrSplit(file, '\n')) {
    line = absl::StripAsciiWhitespace(line.substr(0, std::min(line.find('#'), line.find(';'))));
    if (line.empty()) continue;
    if (line.front() == '[' && line.back() == ']') {
      section = std::string(line.substr(1, line.size() - 2));
      continue;
    }
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const std::string name(absl::StripAsciiWhitespace(pair.first));
    const std::string value(absl::StripAsciiWhitespace(pair.second));
    const absl::Status status = state.options->Set(section, name, value, false, state.clock->Now());
    if (status.ok()) continue;
    if (!absl::IsInvalidArgument(status)) return Result::Error(status);
    if (section != left_section) absl::StrAppend(&left, "\n[", section, "]\n");
    left_section = section;
    absl::StrAppend(&left, "\t", name, " = ", value, "\n");
  }
  return Result::Output(left);
}

}  // namespace

ConfigMonitor::Target ConfigTarget(const rados::OsdMap& map, const std::string& type,
                                   const std::string& id) {
  ConfigMonitor::Target target;
  target.type = type;
  target.id = id;
  if (type != "osd") return target;
  const std::optional<int32_t> osd = ParseOsdName(id);
  if (!osd) return target;
  for (const auto& [bucket_type, name] : CrushLocationOf(map, *osd))
    target.location[bucket_type] = name;
  target.device_class = std::string(map.crush->DeviceClass(*osd));
  return target;
}

void AddConfigCommands(const MonState& s, CommandTable* table) {
  const auto add = [&](const char* line, const char* help, const char* permission,
                       Result (*run)(const MonState&, const Args&)) {
    table->Define(line, help, permission, [&s, run](const Args& args) { return run(s, args); });
  };
  add("config set {who:CephString} {name:CephString} {value:CephString} {force:CephBool,opt}",
      "set an option of daemons or clients", "rw", Set);
  add("config rm {who:CephString} {name:CephString}", "take back what config set said", "rw",
      Remove);
  add("config get {who:CephString} {key:CephString,opt}", "print the options of an entity", "r",
      Get);
  add("config dump", "print all options that are set here", "r", Dump);
  add("config log {num:CephInt,opt}", "print the last changes of options", "r", History);
  add("config reset {num:CephInt,range=0}", "go back to the options of an earlier version", "rw",
      Reset);
  add("config assimilate-conf", "take the options of a ceph.conf (-i)", "rw", Assimilate);
  table->Define("config help {key:CephString}", "describe an option", "r", Help);
  table->Define("config ls", "list the options that there are", "r", ListNames);
  table->Define(
      "config generate-minimal-conf", "print a ceph.conf for clients", "r", [&s](const Args&) {
        const std::string fsid = s.monmap->fsid.ToString();
        return Result::Output(
            absl::StrCat("# minimal ceph.conf for ", fsid, "\n[global]\n\tfsid = ", fsid,
                         "\n\tmon_host = ", s.monmap->FindRank(0)->addrs.ToString(), "\n"));
      });
}

}  // namespace siphon::mon
