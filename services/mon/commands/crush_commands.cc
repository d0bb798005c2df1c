#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/mon/commands/osd_commands.h"
#include "services/mon/text/crush_json.h"
#include "services/mon/text/osd_tree.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;

constexpr double kMaxWeight = 10000;  // TiB, by custom

const CommandTable::Param kName = {"name", "CephString", false, false, "", "", "[A-Za-z0-9-_.]"};

Result Pretty(const Args& args, const Json& json) {
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

Result CreateOrMove(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  const auto weight = args.Real("weight");
  if (!osd.ok()) return Result::Error(osd.status());
  if (!weight.ok()) return Result::Error(weight.status());
  if (**weight < 0 || **weight > kMaxWeight)
    return Result::Error(
        absl::InvalidArgumentError(absl::StrCat("a weight is between 0 and ", kMaxWeight)));
  rados::CrushLocation location;
  for (const std::string& word : args.List("args")) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos)
      return Result::Error(absl::InvalidArgumentError(
          absl::StrCat("'", word, "' is no part of a location; give TYPE=NAME")));
    location.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  std::vector<std::string> sorted = args.List("args");
  std::sort(sorted.begin(), sorted.end());
  const uint32_t fixed = static_cast<uint32_t>(std::lround(**weight * 65536));
  const auto changed = state.osds->CreateOrMove(**osd, fixed, location);
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat("create-or-move ", *changed ? "updating" : "updated",
                                   " item name 'osd.", **osd, "' weight ", **weight,
                                   " at location {", absl::StrJoin(sorted, ","), "} to crush map"));
}

Result SetDeviceClass(const MonState& state, const Args& args) {
  const std::string device_class = args.Text("class");
  std::vector<std::string> set;
  for (const std::string& word : args.List("ids")) {
    const auto osd = ParseOsdName(word);
    if (!osd)
      return Result::Error(absl::InvalidArgumentError(absl::StrCat("'", word, "' is not an OSD")));
    const auto changed = state.osds->SetDeviceClass(*osd, device_class);
    if (absl::IsFailedPrecondition(changed.status()))
      return Result::Error(absl::FailedPreconditionError(
          absl::StrCat("osd.", *osd, " has already bound to class '",
                       std::string(state.maps->current().crush->DeviceClass(*osd)),
                       "', can not reset class to '", device_class,
                       "'; use 'ceph osd crush rm-device-class <id>' to remove old class first")));
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
  return Pretty(args, json);
}

Result CreateReplicatedRule(const MonState& state, const Args& args) {
  const auto changed = state.osds->AddReplicatedRule(args.Text("name"), args.Text("root"),
                                                     args.Text("type"), args.Text("class"));
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(*changed ? "" : absl::StrCat("rule ", args.Text("name"), " already exists"));
}

Result Dump(const MonState& state, const Args& args) {
  return Pretty(args, CrushMapJson(*state.maps->current().crush));
}

Result ShowTunables(const MonState& state, const Args& args) {
  return Pretty(args, CrushTunablesJson(*state.maps->current().crush));
}

Result Tree(const MonState& state, const Args& args) {
  const rados::OsdMap& map = state.maps->current();
  const bool shadow = !args.Text("shadow").empty();
  return args.json() ? Result::OutputJson(args, CrushTreeJson(map, shadow))
                     : Result::Output(CrushTreeText(map, shadow));
}

Result ListBelow(const MonState& state, const Args& args) {
  const rados::CrushMap& crush = *state.maps->current().crush;
  const std::string node = args.Text("node");
  const auto id = crush.FindItem(node);
  if (!id)
    return Result::Error(absl::NotFoundError(absl::StrCat("node '", node, "' does not exist")));
  std::vector<std::string> names;
  if (const rados::CrushBucket* bucket = crush.FindBucket(*id)) {
    for (const int32_t item : bucket->items)
      names.push_back(item >= 0 ? absl::StrCat("osd.", item) : std::string(crush.ItemName(item)));
  } else {
    names.push_back(node);
  }
  if (args.json()) return Result::OutputJson(args, Json(names));
  return Result::Output(names.empty() ? "" : absl::StrJoin(names, "\n") + "\n");
}

Result ListClasses(const MonState& state, const Args& args) {
  Json json = Json::array();
  for (const auto& item : state.maps->current().crush->class_names) json.push_back(item.second);
  return Pretty(args, json);
}

// The OSDs of a class, or below a bucket.
Result ListOsds(const MonState& state, const Args& args) {
  const rados::OsdMap& map = state.maps->current();
  const std::string device_class = args.Text("class");
  std::vector<int32_t> osds;
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    if (map.Exists(osd) && map.crush->DeviceClass(osd) == device_class) osds.push_back(osd);
  if (args.json()) return Result::OutputJson(args, Json(osds));
  return Result::Output(osds.empty() ? "" : absl::StrJoin(osds, "\n") + "\n");
}

Result GetDeviceClass(const MonState& state, const Args& args) {
  const rados::OsdMap& map = state.maps->current();
  Json json = Json::array();
  std::string text;
  for (const std::string& word : args.List("ids")) {
    const auto osd = ParseOsdName(word);
    if (!osd)
      return Result::Error(absl::InvalidArgumentError(absl::StrCat("'", word, "' is not an OSD")));
    if (!map.Exists(*osd))
      return Result::Error(absl::NotFoundError(absl::StrCat("osd.", *osd, " does not exist")));
    const std::string name(map.crush->DeviceClass(*osd));
    json.push_back({{"osd", *osd}, {"device_class", name}});
    absl::StrAppend(&text, name, "\n");
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

Result SetTunables(const MonState& state, const Args& args) {
  const std::string profile = args.Text("profile");
  if (profile != "optimal" && profile != "default" && profile != "jewel")
    return Result::Error(absl::UnimplementedError(
        absl::StrCat("tunables '", profile, "' are of clients that are not served; use optimal")));
  const auto changed = state.osds->ChangeCrush([](rados::CrushMap* crush) {
    crush->tunables = rados::CrushTunables();
    return absl::StatusOr<bool>(true);
  });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat("adjusted tunables profile to ", profile));
}

void AddCrushPrintCommands(const MonState& s, CommandTable* table) {
  const auto add = [&](const char* line, const char* help,
                       Result (*run)(const MonState&, const Args&)) {
    table->Define(line, help, "r", [&s, run](const Args& args) { return run(s, args); });
  };
  add("osd crush dump", "print the whole CRUSH map", Dump);
  add("osd crush show-tunables", "print how CRUSH is tuned", ShowTunables);
  add("osd crush tree {shadow:CephChoices,opt,strings=--show-shadow}", "print the hierarchy", Tree);
  add("osd crush ls {node:CephString,goodchars=[A-Za-z0-9-_.]}", "list what is in a bucket",
      ListBelow);
  add("osd crush class ls", "list the classes of devices", ListClasses);
  add("osd crush class ls-osd {class:CephString,goodchars=[A-Za-z0-9-_]}",
      "list the OSDs of a class", ListOsds);
  add("osd crush get-device-class {ids:CephString,n=N}", "print the classes of OSDs",
      GetDeviceClass);
  add("osd crush rule list", "list the placement rules", ListRules);
  table->Define("osd crush get-tunable {tunable:CephChoices,strings=straw_calc_version}",
                "print one way in which CRUSH is tuned", "r", [&s](const Args&) {
                  return Result::Output(
                      absl::StrCat(s.maps->current().crush->tunables.straw_calc_version, "\n"));
                });
  table->Define(
      "osd crush tunables {profile:CephChoices,strings=legacy|argonaut|bobtail|firefly|hammer|"
      "jewel|optimal|default}",
      "tune CRUSH", "rw", [&s](const Args& args) { return SetTunables(s, args); });
  table->Define("osd crush weight-set ls", "list the pools with weights of their own", "r",
                [](const Args&) { return Result::Output(""); });
  table->Define("osd crush weight-set dump", "print weights by pool", "r",
                [](const Args& args) { return Pretty(args, Json::object()); });
  table->Define(
      "osd crush rule create-simple {name:CephString,goodchars=[A-Za-z0-9-_.]} "
      "{root:CephString,goodchars=[A-Za-z0-9-_.]} {type:CephString,goodchars=[A-Za-z0-9-_.]} "
      "{mode:CephChoices,opt,strings=firstn|indep}",
      "make a placement rule for replicated pools", "rw",
      [&s](const Args& args) { return CreateReplicatedRule(s, args); });
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
  table->Add(
      {"osd crush rule ls", {}, "list the placement rules", "osd", "r", [&s](const Args& args) {
         return ListRules(s, args);
       }});
  CommandTable::Param optional_name = kName;
  optional_name.optional = true;
  table->Add({"osd crush rule dump",
              {optional_name},
              "print placement rules",
              "osd",
              "r",
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
  AddCrushPrintCommands(s, table);
}

}  // namespace siphon::mon
