// Changes to the hierarchy, its classes and rules.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/mon/commands/osd_commands.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using rados::CrushBuilder;
using rados::CrushMap;

constexpr double kMaxWeight = 10000;  // TiB, by custom

absl::StatusOr<rados::CrushLocation> LocationOf(const Args& args) {
  rados::CrushLocation location;
  for (const std::string& word : args.List("args")) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos)
      return absl::InvalidArgumentError(
          absl::StrCat("'", word, "' is no part of a location; give TYPE=NAME"));
    location.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return location;
}

absl::StatusOr<uint32_t> WeightOf(const Args& args) {
  const auto weight = args.Real("weight");
  if (!weight.ok()) return weight.status();
  if (**weight < 0 || **weight > kMaxWeight)
    return absl::InvalidArgumentError(absl::StrCat("a weight is between 0 and ", kMaxWeight));
  return static_cast<uint32_t>(std::lround(**weight * rados::kCrushWeightOne));
}

std::string LocationText(const Args& args) {
  std::vector<std::string> parts = args.List("args");
  std::sort(parts.begin(), parts.end());
  return absl::StrCat("{", absl::StrJoin(parts, ","), "}");
}

int32_t ItemId(const MonState& state, const std::string& name) {
  return state.maps->current().crush->FindItem(name).value_or(0);
}

// Puts a device at a place: "set" and "add" also move and weigh one that is there.
Result SetDevice(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  const auto weight = WeightOf(args);
  const auto location = LocationOf(args);
  if (!osd.ok()) return Result::Error(osd.status());
  if (!weight.ok()) return Result::Error(weight.status());
  if (!location.ok()) return Result::Error(location.status());
  if (!state.maps->current().Exists(**osd))
    return Result::Error(absl::NotFoundError(
        absl::StrCat("osd.", **osd, " does not exist. Create it before updating the crush map")));
  const std::string name = absl::StrCat("osd.", **osd);
  const auto changed = state.osds->ChangeCrush([&](CrushMap* crush) -> absl::StatusOr<bool> {
    CrushBuilder builder(crush);
    const auto placed = builder.CreateOrMove(**osd, *weight, *location);
    if (!placed.ok()) return placed;
    const auto& parent = *crush->ParentOf(**osd);
    const auto at = std::find(parent.items.begin(), parent.items.end(), **osd);
    if (parent.ItemWeight(static_cast<size_t>(at - parent.items.begin())) == *weight) return placed;
    return builder.SetWeight(name, *weight);
  });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat(args.prefix() == "osd crush add" ? "add" : "set", " item id ",
                                   **osd, " name '", name, "' weight ", **args.Real("weight"),
                                   " at location ", LocationText(args),
                                   *changed ? " to crush map" : ": no change"));
}

Result AddBucket(const MonState& state, const Args& args) {
  const std::string name = args.Text("name"), type = args.Text("type");
  const auto location = LocationOf(args);
  if (!location.ok()) return Result::Error(location.status());
  const auto changed = state.osds->ChangeCrush([&](CrushMap* crush) -> absl::StatusOr<bool> {
    CrushBuilder builder(crush);
    const auto added = builder.AddBucket(name, type);
    if (!added.ok() || !*added || location->empty()) return added;
    return builder.Move(name, *location);
  });
  if (!changed.ok()) return Result::Error(changed.status());
  if (!*changed) return Result::Done(absl::StrCat("bucket '", name, "' already exists"));
  return Result::Done(absl::StrCat(
      "added bucket ", name, " type ", type,
      location->empty() ? " to crush map" : absl::StrCat(" to location ", LocationText(args))));
}

Result Move(const MonState& state, const Args& args) {
  const std::string name = args.Text("name");
  const auto location = LocationOf(args);
  if (!location.ok()) return Result::Error(location.status());
  const auto changed = state.osds->ChangeCrush(
      [&](CrushMap* crush) { return CrushBuilder(crush).Move(name, *location); });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat(*changed ? "moved" : "no need to move", " item id ",
                                   ItemId(state, name), " name '", name, "' to location ",
                                   LocationText(args), " in crush map"));
}

Result Remove(const MonState& state, const Args& args) {
  const std::string name = args.Text("name");
  const int32_t id = ItemId(state, name);
  const auto changed =
      state.osds->ChangeCrush([&](CrushMap* crush) { return CrushBuilder(crush).Remove(name); });
  if (absl::IsFailedPrecondition(changed.status())) {
    Result result = Result::Error(changed.status());
    result.code = -ENOTEMPTY;
    return result;
  }
  if (!changed.ok()) return Result::Error(changed.status());
  if (!*changed)
    return Result::Done(absl::StrCat("device '", name, "' does not appear in the crush map"));
  return Result::Done(absl::StrCat("removed item id ", id, " name '", name, "' from crush map"));
}

Result RenameBucket(const MonState& state, const Args& args) {
  const std::string from = args.Text("srcname"), to = args.Text("dstname");
  const auto changed = state.osds->ChangeCrush(
      [&](CrushMap* crush) { return CrushBuilder(crush).RenameBucket(from, to); });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(*changed
                          ? absl::StrCat("renamed bucket ", from, " into ", to)
                          : absl::StrCat("srcname = '", from, "' does not exist and dstname = '",
                                         to, "' already exists"));
}

Result Reweight(const MonState& state, const Args& args) {
  const std::string name = args.Text("name");
  const bool subtree = args.prefix() == "osd crush reweight-subtree";
  const auto weight = WeightOf(args);
  if (!weight.ok()) return Result::Error(weight.status());
  const int32_t id = ItemId(state, name);
  if (!subtree && id < 0)
    return Result::Error(absl::InvalidArgumentError(
        absl::StrCat("'", name, "' is a bucket; use osd crush reweight-subtree")));
  const auto changed = state.osds->ChangeCrush(
      [&](CrushMap* crush) { return CrushBuilder(crush).SetWeight(name, *weight); });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat("reweighted ", subtree ? "subtree" : "item", " id ", id,
                                   " name '", name, "' to ", **args.Real("weight"),
                                   " in crush map"));
}

Result RemoveFromClass(const MonState& state, const Args& args) {
  std::vector<std::string> removed, without;
  for (const std::string& word : args.List("ids")) {
    const auto osd = ParseOsdName(word);
    if (!osd)
      return Result::Error(absl::InvalidArgumentError(absl::StrCat("'", word, "' is not an OSD")));
    const auto changed = state.osds->ChangeCrush(
        [&](CrushMap* crush) { return CrushBuilder(crush).RemoveFromClass(*osd); });
    if (!changed.ok()) return Result::Error(changed.status());
    if (*changed)
      removed.push_back(absl::StrCat(*osd));
    else
      without.push_back(absl::StrCat("osd.", *osd, " belongs to no class, "));
  }
  return Result::Done(absl::StrCat(absl::StrJoin(without, ""),
                                   "done removing class of osd(s): ", absl::StrJoin(removed, ",")));
}

Result ChangeClass(const MonState& state, const Args& args, bool create) {
  const std::string name = args.Text("class");
  const auto before = state.maps->current().crush->FindClass(name);
  const auto changed = state.osds->ChangeCrush([&](CrushMap* crush) {
    return create ? CrushBuilder(crush).AddClass(name) : CrushBuilder(crush).RemoveClass(name);
  });
  if (!changed.ok()) return Result::Error(changed.status());
  if (!*changed)
    return Result::Done(
        absl::StrCat("class '", name, create ? "' already exists" : "' does not exist"));
  const auto id = create ? state.maps->current().crush->FindClass(name) : before;
  return Result::Done(absl::StrCat(create ? "created" : "removed", " class ", name, " with id ",
                                   id.value_or(0), create ? " to" : " from", " crush map"));
}

Result RemoveRule(const MonState& state, const Args& args) {
  const std::string name = args.Text("name");
  const rados::OsdMap& map = state.maps->current();
  if (const auto id = map.crush->FindRuleByName(name))
    for (const auto& item : map.pools)
      if (item.second.crush_rule == *id)
        return Result::Error(absl::FailedPreconditionError(
            absl::StrCat("crush ruleset ", name, " ", *id, " is in use")));
  const auto changed = state.osds->ChangeCrush(
      [&](CrushMap* crush) { return CrushBuilder(crush).RemoveRule(name); });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(*changed ? "" : absl::StrCat("rule ", name, " does not exist"));
}

Result RenameRule(const MonState& state, const Args& args) {
  const std::string from = args.Text("srcname"), to = args.Text("dstname");
  const auto changed = state.osds->ChangeCrush(
      [&](CrushMap* crush) { return CrushBuilder(crush).RenameRule(from, to); });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(*changed ? "" : absl::StrCat("already renamed to '", to, "'"));
}

// A map that a person made, with crushtool say.
Result SetCrushMap(const MonState& state, const Args& args) {
  const rados::OsdMap& map = state.maps->current();
  const auto prior = args.Int("prior_version");
  if (!prior.ok()) return Result::Error(prior.status());
  if (*prior && **prior != map.crush_version)
    return Result::Error(absl::PermissionDeniedError(
        absl::StrCat("prior_version ", **prior, " != crush version ", map.crush_version)));
  Decoder d(args.input());
  CrushMap crush = CrushMap::Decode(d);
  if (!d.ok())
    return Result::Error(absl::InvalidArgumentError(
        absl::StrCat("Failed to parse crushmap: ", d.status().message())));
  if (absl::Status status = CrushBuilder(&crush).CheckTree(); !status.ok())
    return Result::Error(status);
  for (const auto& [id, pool] : map.pools)
    if (crush.FindRule(pool.crush_rule) == nullptr)
      return Result::Error(absl::InvalidArgumentError(
          absl::StrCat("pool ", id, " uses rule ", pool.crush_rule, ", which the map lacks")));
  const auto changed = state.osds->ChangeCrush([&](CrushMap* now) {
    *now = std::move(crush);
    return true;
  });
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrCat(state.maps->current().crush_version));
}

const char kName[] = " {name:CephString,goodchars=[A-Za-z0-9-_.]}";
const char kRename[] =
    " {srcname:CephString,goodchars=[A-Za-z0-9-_.]} {dstname:CephString,goodchars=[A-Za-z0-9-_.]}";
const char kArgs[] = " {args:CephString,n=N,goodchars=[A-Za-z0-9-_.=]}";

void AddClassAndRuleCommands(const MonState& s, CommandTable* table) {
  table->Define("osd crush rm-device-class {ids:CephString,n=N}", "take OSDs out of their classes",
                "rw", [&s](const Args& args) { return RemoveFromClass(s, args); });
  const std::string one = " {class:CephString,goodchars=[A-Za-z0-9-_]}";
  table->Define("osd crush class create" + one, "make a class of devices", "rw",
                [&s](const Args& args) { return ChangeClass(s, args, true); });
  table->Define("osd crush class rm" + one, "remove a class of devices", "rw",
                [&s](const Args& args) { return ChangeClass(s, args, false); });
  table->Define(absl::StrCat("osd crush rule rm", kName), "remove a placement rule", "rw",
                [&s](const Args& args) { return RemoveRule(s, args); });
  table->Define(absl::StrCat("osd crush rule rename", kRename),
                "give a placement rule another name", "rw",
                [&s](const Args& args) { return RenameRule(s, args); });
}

}  // namespace

void AddCrushEditCommands(const MonState& s, CommandTable* table) {
  const auto add = [&](const std::string& line, const char* help,
                       Result (*run)(const MonState&, const Args&)) {
    table->Define(line, help, "rw", [&s, run](const Args& args) { return run(s, args); });
  };
  const std::string place = absl::StrCat(" {id:CephOsdName} {weight:CephFloat,range=0.0}", kArgs);
  add("osd crush add" + place, "put an OSD at a place of the hierarchy", SetDevice);
  add("osd crush set" + place, "put an OSD at a place of the hierarchy", SetDevice);
  add("osd setcrushmap {prior_version:CephInt,opt}", "take a CRUSH map from a file (-i)",
      SetCrushMap);
  add(absl::StrCat("osd crush add-bucket", kName, " {type:CephString}",
                   " {args:CephString,opt,n=N,goodchars=[A-Za-z0-9-_.=]}"),
      "make a bucket", AddBucket);
  add(absl::StrCat("osd crush move", kName, kArgs), "put a bucket or OSD elsewhere", Move);
  for (const char* word : {"rm", "remove", "unlink"})
    add(absl::StrCat("osd crush ", word, kName,
                     " {ancestor:CephString,opt,goodchars=[A-Za-z0-9-_.]}"),
        "take an OSD or an empty bucket out of the hierarchy", Remove);
  add(absl::StrCat("osd crush rename-bucket", kRename), "give a bucket another name", RenameBucket);
  for (const char* word : {"reweight", "reweight-subtree"})
    add(absl::StrCat("osd crush ", word, kName, " {weight:CephFloat,range=0.0}"),
        "set the weight of an OSD, or of all OSDs below a bucket", Reweight);
  table->Define(
      "osd crush reweight-all", "make all sums of weights right", "rw", [&s](const Args&) {
        const auto changed = s.osds->ChangeCrush(
            [](CrushMap* crush) { return absl::StatusOr<bool>(CrushBuilder(crush).ReweighAll()); });
        return changed.ok() ? Result::Done("reweighted crush hierarchy")
                            : Result::Error(changed.status());
      });
  AddClassAndRuleCommands(s, table);
}

}  // namespace siphon::mon
