#include "services/mon/commands/pool_commands.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/mon/text/map_json.h"
#include "services/mon/text/map_text.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;

const CommandTable::Param kPool = {"pool", "CephPoolname"};

std::optional<int64_t> FindPool(const MonState& state, const Args& args) {
  return state.maps->current().FindPoolByName(args.Text("pool"));
}

Result NoSuchPool(const std::string& name) {
  return Result::Error(absl::NotFoundError(absl::StrCat("unrecognized pool '", name, "'")));
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
  const auto pgp_num = args.Int("pgp_num");
  for (const auto* number : {&pg_num, &pgp_num, &size, &expected})
    if (!number->ok()) return Result::Error(number->status());
  spec.pgp_num = pgp_num->value_or(0);
  spec.pg_num = pg_num->value_or(0);
  spec.size = size->value_or(0);
  spec.expected_num_objects = static_cast<uint64_t>(std::max<int64_t>(expected->value_or(0), 0));
  for (const char* setting :
       {"pg_num_min", "pg_num_max", "bulk", "target_size_bytes", "target_size_ratio"})
    if (args.Has(setting)) spec.settings.emplace_back(setting, args.Text(setting));
  if (args.Has("autoscale_mode"))
    spec.settings.emplace_back("pg_autoscale_mode", args.Text("autoscale_mode"));
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
        absl::StrCat("WARNING: this will *PERMANENTLY DESTROY* all data stored in pool ", name,
                     ".  If you are *ABSOLUTELY CERTAIN* that is what you want, pass the pool name "
                     "*twice*, followed by --yes-i-really-really-mean-it.")));
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

Result Rename(const MonState& state, const Args& args) {
  const std::string from = args.Text("srcpool");
  const std::string to = args.Text("destpool");
  const auto pool = state.maps->current().FindPoolByName(from);
  if (!pool && state.maps->current().FindPoolByName(to))
    return Result::Done(absl::StrCat("pool '", from, "' does not exist; pool '", to,
                                     "' does -- assuming successful rename"));
  if (!pool) return NoSuchPool(from);
  const absl::Status status = state.pools->Rename(*pool, to);
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("pool '", from, "' renamed to '", to, "'"));
}

// A snapshot of the pool itself is made or removed.
Result ChangeSnap(const MonState& state, const Args& args, bool make) {
  const std::string pool = args.Text("pool");
  const std::string snap = args.Text("snap");
  const auto id = FindPool(state, args);
  if (!id) return NoSuchPool(pool);
  const absl::StatusOr<bool> changed =
      make ? state.pools->CreateSnap(*id, snap) : state.pools->RemoveSnap(*id, snap);
  if (!changed.ok()) return Result::Error(changed.status());
  if (*changed)
    return Result::Done(absl::StrCat(make ? "created" : "removed", " pool ", pool, " snap ", snap));
  return Result::Done(
      absl::StrCat("pool ", pool, " snap ", snap, make ? " already exists" : " does not exist"));
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
               {"size", "CephInt", true, false, "", "0"},
               {"pg_num_min", "CephInt", true, false, "", "0"},
               {"pg_num_max", "CephInt", true, false, "", "0"},
               {"autoscale_mode", "CephChoices", true, false, "on|off|warn"},
               {"bulk", "CephBool", true},
               {"target_size_bytes", "CephInt", true, false, "", "0"},
               {"target_size_ratio", "CephFloat", true, false, "", "0.0"}},
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
    table->Add({prefix,
                {kPool, second, sure, real},
                "delete a pool and all data in it",
                "osd",
                "rw",
                [&s](const Args& args) { return Delete(s, args); }});
  table->Add({"osd pool ls",
              {{"detail", "CephChoices", true, false, "detail"}},
              "list the pools",
              "osd",
              "r",
              [&s](const Args& args) { return List(s, args); }});
  table->Add(
      {"osd lspools", {}, "list the pools with their numbers", "osd", "r", [&s](const Args& args) {
         return ListNumbers(s, args);
       }});
  table->Add({"osd pool rename",
              {{"srcpool", "CephPoolname"}, {"destpool", "CephPoolname"}},
              "give a pool another name",
              "osd",
              "rw",
              [&s](const Args& args) { return Rename(s, args); }});
  const CommandTable::Param snap = {"snap", "CephString"};
  table->Add({"osd pool mksnap",
              {kPool, snap},
              "make a snapshot of a pool",
              "osd",
              "rw",
              [&s](const Args& args) { return ChangeSnap(s, args, true); }});
  table->Add({"osd pool rmsnap",
              {kPool, snap},
              "remove a snapshot of a pool",
              "osd",
              "rw",
              [&s](const Args& args) { return ChangeSnap(s, args, false); }});
}

}  // namespace siphon::mon
