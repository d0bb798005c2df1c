#include "services/mon/pool_commands.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/mon/map_json.h"
#include "services/mon/map_text.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;

const CommandTable::Param kPool = {"pool", "CephPoolname"};

std::optional<int64_t> FindPool(const MonState& state, const Args& args) {
  return state.maps->current().FindPoolByName(args.Text("pool"));
}

Result NoSuchPool(const Args& args) {
  return Result::Error(
      absl::NotFoundError(absl::StrCat("unrecognized pool '", args.Text("pool"), "'")));
}

Result Create(const MonState& state, const Args& args) {
  const std::string name = args.Text("pool");
  if (state.maps->current().FindPoolByName(name))
    return Result::Done(absl::StrCat("pool '", name, "' already exists"));
  if (args.Text("pool_type") == "erasure")
    return Result::Error(absl::UnimplementedError("erasure-coded pools are not supported"));
  PoolMonitor::Spec spec;
  spec.name = name;
  // Ceph's order of words is NAME PG_NUM PGP_NUM TYPE RULE: a rule may come as a profile's name.
  spec.rule = args.Has("rule") ? args.Text("rule") : args.Text("erasure_code_profile");
  const auto pg_num = args.Int("pg_num");
  const auto size = args.Int("size");
  const auto expected = args.Int("expected_num_objects");
  for (const auto* number : {&pg_num, &size, &expected})
    if (!number->ok()) return Result::Error(number->status());
  spec.pg_num = pg_num->value_or(0);
  spec.size = size->value_or(0);
  spec.expected_num_objects = static_cast<uint64_t>(std::max<int64_t>(expected->value_or(0), 0));
  const auto id = state.pools->Create(spec);
  if (!id.ok()) return Result::Error(id.status());
  return Result::Done(absl::StrCat("pool '", name, "' created"));
}

Result Delete(const MonState& state, const Args& args) {
  const std::string name = args.Text("pool");
  const auto pool = FindPool(state, args);
  if (!pool) return Result::Done(absl::StrCat("pool '", name, "' does not exist"));
  const bool sure = args.Flag("yes_i_really_really_mean_it") ||
                    args.Flag("yes_i_really_really_mean_it_not_faking");
  if (args.Text("pool2") != name || !sure)
    return Result::Error(absl::PermissionDeniedError(
        absl::StrCat("all data of pool ", name, " would be lost for good; to do it, give the "
                     "pool's name *twice*, followed by --yes-i-really-really-mean-it")));
  const absl::Status status = state.pools->Delete(*pool);
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("pool '", name, "' removed"));
}

Result List(const MonState& state, const Args& args) {
  const rados::OsdMap& map = state.maps->current();
  const bool detail = args.Text("detail") == "detail";
  Json json = Json::array();
  std::string text;
  for (const auto& [id, pool] : map.pools) {
    const std::string& name = map.pool_names.at(id);
    if (detail) {
      Json one = PoolJson(id, name, pool);
      Json renamed = {{"pool_id", id}};
      for (const auto& item : one.items())
        if (item.key() != "pool") renamed[item.key()] = item.value();
      json.push_back(std::move(renamed));
      absl::StrAppend(&text, PoolText(map, id), "\n");
    } else {
      json.push_back(name);
      absl::StrAppend(&text, name, "\n");
    }
  }
  if (detail) text += '\n';
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

Result ListNumbers(const MonState& state, const Args& args) {
  Json json = Json::array();
  std::string text;
  for (const auto& [id, name] : state.maps->current().pool_names) {
    json.push_back({{"poolnum", id}, {"poolname", name}});
    absl::StrAppend(&text, id, " ", name, "\n");
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

Result EnableApplication(const MonState& state, const Args& args) {
  const auto pool = FindPool(state, args);
  if (!pool) return NoSuchPool(args);
  const absl::Status status = state.pools->EnableApplication(*pool, args.Text("app"),
                                                             args.Flag("yes_i_really_mean_it"));
  if (absl::IsFailedPrecondition(status))
    return Result::Error(absl::PermissionDeniedError(status.message()));
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("enabled application '", args.Text("app"), "' on pool '",
                                   args.Text("pool"), "'"));
}

Result Get(const MonState& state, const Args& args) {
  const auto id = FindPool(state, args);
  if (!id) return NoSuchPool(args);
  const rados::OsdMap& map = state.maps->current();
  const rados::PgPool& pool = *map.FindPool(*id);
  const Json all = {
      {"size", pool.size},
      {"min_size", pool.min_size},
      {"pg_num", pool.pg_num},
      {"pgp_num", pool.pgp_num},
      {"crush_rule", std::string(map.crush->rule_names.contains(pool.crush_rule)
                                     ? map.crush->rule_names.at(pool.crush_rule)
                                     : "")},
      {"hashpspool", pool.HasFlag(rados::PgPool::kHashPsPool)},
      {"nodelete", pool.HasFlag(rados::PgPool::kNoDelete)}};
  const std::string variable = args.Text("var");
  if (variable != "all" && !all.contains(variable))
    return Result::Error(
        absl::NotFoundError(absl::StrCat("option '", variable, "' is not set on pool '",
                                         args.Text("pool"), "'")));
  Json json = {{"pool", args.Text("pool")}, {"pool_id", *id}};
  std::string text;
  for (const auto& item : all.items()) {
    if (variable != "all" && variable != item.key()) continue;
    json[item.key()] = item.value();
    absl::StrAppend(&text, item.key(), ": ",
                    item.value().is_string() ? item.value().get<std::string>()
                                             : item.value().dump(),
                    "\n");
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

Result Set(const MonState& state, const Args& args) {
  const auto id = FindPool(state, args);
  if (!id) return NoSuchPool(args);
  const absl::Status status = state.pools->Set(*id, args.Text("var"), args.Text("val"));
  if (!status.ok()) return Result::Error(status);
  return Result::Done(
      absl::StrCat("set pool ", *id, " ", args.Text("var"), " to ", args.Text("val")));
}

void AddCreate(const MonState& s, CommandTable* table) {
  table->Add({"osd pool create",
              {kPool,
               {"pg_num", "CephInt", true, false, "", "0"},
               {"pgp_num", "CephInt", true, false, "", "0"},
               {"pool_type", "CephChoices", true, false, "replicated|erasure"},
               {"erasure_code_profile", "CephString", true, false, "", "", "[A-Za-z0-9-_.]"},
               {"rule", "CephString", true},
               {"expected_num_objects", "CephInt", true, false, "", "0"},
               {"size", "CephInt", true, false, "", "0"}},
              "make a pool",
              "osd",
              "rw",
              [&s](const Args& args) { return Create(s, args); }});
}

}  // namespace

void AddPoolCommands(const MonState& s, CommandTable* table) {
  AddCreate(s, table);
  const CommandTable::Param second = {"pool2", "CephPoolname", true};
  const CommandTable::Param sure = {"yes_i_really_really_mean_it", "CephBool", true};
  const CommandTable::Param real = {"yes_i_really_really_mean_it_not_faking", "CephBool", true};
  for (const char* prefix : {"osd pool delete", "osd pool rm"})
    table->Add({prefix, {kPool, second, sure, real}, "delete a pool and all data in it", "osd",
                "rw", [&s](const Args& args) { return Delete(s, args); }});
  table->Add({"osd pool ls",
              {{"detail", "CephChoices", true, false, "detail"}},
              "list the pools",
              "osd",
              "r",
              [&s](const Args& args) { return List(s, args); }});
  table->Add({"osd lspools", {}, "list the pools with their numbers", "osd", "r",
              [&s](const Args& args) { return ListNumbers(s, args); }});
  table->Add({"osd pool application enable",
              {kPool,
               {"app", "CephString", false, false, "", "", "[A-Za-z0-9-_.]"},
               {"yes_i_really_mean_it", "CephBool", true}},
              "say what a pool is used for",
              "osd",
              "rw",
              [&s](const Args& args) { return EnableApplication(s, args); }});
  table->Add({"osd pool get",
              {kPool,
               {"var", "CephChoices", false, false,
                "size|min_size|pg_num|pgp_num|crush_rule|hashpspool|nodelete|all"}},
              "print a setting of a pool",
              "osd",
              "r",
              [&s](const Args& args) { return Get(s, args); }});
  table->Add({"osd pool set",
              {kPool,
               {"var", "CephChoices", false, false, "size|min_size|crush_rule|nodelete"},
               {"val", "CephString"},
               {"yes_i_really_mean_it", "CephBool", true}},
              "change a setting of a pool",
              "osd",
              "rw",
              [&s](const Args& args) { return Set(s, args); }});
}

}  // namespace siphon::mon
