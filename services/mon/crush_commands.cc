#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/mon/map_json.h"
#include "services/mon/osd_commands.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;

constexpr double kMaxWeight = 10000;  // TiB, by custom

const CommandTable::Param kName = {"name", "CephString", false, false, "", "", "[A-Za-z0-9-_.]"};

Result CreateOrMove(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  const auto weight = args.Real("weight");
  if (!osd.ok()) return Result::Error(osd.status());
  if (!weight.ok()) return Result::Error(weight.status());
  if (**weight < 0 || **weight > kMaxWeight)
    return Result::Error(absl::InvalidArgumentError(
        absl::StrCat("a weight is between 0 and ", kMaxWeight)));
  rados::CrushLocation location;
  for (const std::string& word : args.List("args")) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos)
      return Result::Error(absl::InvalidArgumentError(
          absl::StrCat("'", word, "' is no part of a location; give TYPE=NAME")));
    location.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  const uint32_t fixed = static_cast<uint32_t>(std::lround(**weight * 65536));
  const auto changed = state.osds->CreateOrMove(**osd, fixed, location);
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat("create-or-move ", *changed ? "updated" : "updating",
                                   " item name 'osd.", **osd, "' weight ", **weight,
                                   " at location {", absl::StrJoin(args.List("args"), ","),
                                   "} to crush map"));
}

Result SetDeviceClass(const MonState& state, const Args& args) {
  const std::string device_class = args.Text("class");
  std::vector<std::string> set;
  for (const std::string& word : args.List("ids")) {
    const auto osd = ParseOsdName(word);
    if (!osd)
      return Result::Error(absl::InvalidArgumentError(absl::StrCat("'", word, "' is not an OSD")));
    const auto changed = state.osds->SetDeviceClass(*osd, device_class);
    if (!changed.ok()) return Result::Error(changed.status());
    set.push_back(absl::StrCat(*osd));
  }
  return Result::Done(
      absl::StrCat("set osd(s) ", absl::StrJoin(set, ","), " to class '", device_class, "'"));
}

Result ListRules(const MonState& state, const Args& args) {
  std::vector<std::string> names;
  for (const auto& item : state.maps->current().crush->rule_names) names.push_back(item.second);
  if (args.json()) return Result::OutputJson(args, Json(names));
  return Result::Output(names.empty() ? "" : absl::StrJoin(names, "\n") + "\n");
}

Result DumpRules(const MonState& state, const Args& args) {
  const rados::CrushMap& crush = *state.maps->current().crush;
  Json json = Json::array();
  if (args.Has("name")) {
    const auto id = crush.FindRuleByName(args.Text("name"));
    if (!id)
      return Result::Error(
          absl::NotFoundError(absl::StrCat("unknown crush rule '", args.Text("name"), "'")));
    json = CrushRuleJson(crush, *id);
  } else {
    for (const auto& item : crush.rule_names) json.push_back(CrushRuleJson(crush, item.first));
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

Result CreateReplicatedRule(const MonState& state, const Args& args) {
  const auto changed = state.osds->AddReplicatedRule(args.Text("name"), args.Text("root"),
                                                     args.Text("type"), args.Text("class"));
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(*changed ? ""
                               : absl::StrCat("rule ", args.Text("name"), " already exists"));
}

}  // namespace

void AddCrushCommands(const MonState& s, CommandTable* table) {
  table->Add({"osd crush create-or-move",
              {{"id", "CephOsdName"},
               {"weight", "CephFloat", false, false, "", "0.0"},
               {"args", "CephString", false, true, "", "", "[A-Za-z0-9-_.=]"}},
              "put an OSD at a place of the hierarchy",
              "osd",
              "rw",
              [&s](const Args& args) { return CreateOrMove(s, args); }});
  table->Add({"osd crush set-device-class",
              {{"class", "CephString"}, {"ids", "CephString", false, true}},
              "say of what kind OSDs are",
              "osd",
              "rw",
              [&s](const Args& args) { return SetDeviceClass(s, args); }});
  table->Add({"osd crush rule ls", {}, "list the placement rules", "osd", "r",
              [&s](const Args& args) { return ListRules(s, args); }});
  CommandTable::Param optional_name = kName;
  optional_name.optional = true;
  table->Add({"osd crush rule dump", {optional_name}, "print placement rules", "osd", "r",
              [&s](const Args& args) { return DumpRules(s, args); }});
  CommandTable::Param root = kName, type = kName, device_class = optional_name;
  root.name = "root";
  type.name = "type";
  device_class.name = "class";
  table->Add({"osd crush rule create-replicated",
              {kName, root, type, device_class},
              "make a placement rule for replicated pools",
              "osd",
              "rw",
              [&s](const Args& args) { return CreateReplicatedRule(s, args); }});
}

}  // namespace siphon::mon
