#include "services/mon/commands/pool_setting_commands.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/mon/state/cluster_stats.h"
#include "services/mon/state/pool_options.h"
#include "services/mon/state/pool_settings.h"
#include "services/mon/text/size_text.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;

const CommandTable::Param kPool = {"pool", "CephPoolname"};

std::optional<int64_t> FindPool(const MonState& state, const Args& args) {
  return state.maps->current().FindPoolByName(args.Text("pool"));
}

Result NoSuchPool(const Args& args) {
  return Result::Error(
      absl::NotFoundError(absl::StrCat("unrecognized pool '", args.Text("pool"), "'")));
}

// In text, most settings look as in JSON.
std::string SettingText(const std::string& name, const Json& value) {
  if (name == "use_gmt_hitset") return value.get<bool>() ? "1" : "0";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return absl::StrCat(value.get<double>());
  return value.dump();
}

Result Get(const MonState& state, const Args& args) {
  const auto id = FindPool(state, args);
  if (!id) return NoSuchPool(args);
  const rados::OsdMap& map = state.maps->current();
  const std::string variable = args.Text("var");
  Json json = {{"pool", args.Text("pool")}, {"pool_id", *id}};
  std::string text;
  for (const std::string& name : PoolSettingNames()) {
    if (variable != "all" && variable != name) continue;
    const absl::StatusOr<Json> value = GetPoolSetting(map, *map.FindPool(*id), name);
    if (!value.ok() && variable == "all") continue;
    if (absl::IsNotFound(value.status()))
      return Result::Error(absl::NotFoundError(
          absl::StrCat("option '", name, "' is not set on pool '", args.Text("pool"), "'")));
    if (!value.ok())
      return Result::Error(
          absl::Status(value.status().code(),
                       absl::StrCat("pool '", args.Text("pool"), "' ", value.status().message())));
    json[name] = *value;
    absl::StrAppend(&text, name, ": ", SettingText(name, *value), "\n");
  }
  if (text.empty())
    return Result::Error(absl::InvalidArgumentError(
        absl::StrCat("pool '", args.Text("pool"), "': invalid variable: '", variable, "'")));
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

Result Set(const MonState& state, const Args& args) {
  const auto id = FindPool(state, args);
  if (!id) return NoSuchPool(args);
  const absl::Status status =
      state.pools->Set(*id, args.Text("var"), args.Text("val"), args.Flag("yes_i_really_mean_it"));
  if (!status.ok()) return Result::Error(status);
  return Result::Done(
      absl::StrCat("set pool ", *id, " ", args.Text("var"), " to ", args.Text("val")));
}

Result SetQuota(const MonState& state, const Args& args) {
  const auto id = FindPool(state, args);
  if (!id) return NoSuchPool(args);
  const std::string field = args.Text("field");
  const bool objects = field == "max_objects";
  if (!objects && field != "max_bytes")
    return Result::Error(
        absl::InvalidArgumentError(absl::StrCat("unrecognized field '", field, "'")));
  const absl::StatusOr<int64_t> value = ParseSize(args.Text("val"), /*decimal=*/objects);
  if (!value.ok()) return Result::Error(value.status());
  std::optional<uint64_t> max_objects, max_bytes;
  (objects ? max_objects : max_bytes) = static_cast<uint64_t>(*value);
  const absl::Status status = state.pools->SetQuota(*id, max_objects, max_bytes);
  if (!status.ok()) return Result::Error(status);
  return Result::Done(
      absl::StrCat("set-quota ", field, " = ", *value, " for pool ", args.Text("pool")));
}

Result GetQuota(const MonState& state, const Args& args) {
  const auto id = FindPool(state, args);
  if (!id) return NoSuchPool(args);
  const rados::PgPool& pool = *state.maps->current().FindPool(*id);
  const rados::ObjectStatSum sum = state.stats->Pool(*id).sum;
  const int64_t objects = sum[rados::ObjectStatSum::kObjects];
  const int64_t bytes = sum[rados::ObjectStatSum::kBytes];
  if (args.json())
    return Result::OutputJson(args, {{"pool_name", args.Text("pool")},
                                     {"pool_id", *id},
                                     {"quota_max_objects", pool.quota_objects},
                                     {"current_num_objects", objects},
                                     {"quota_max_bytes", pool.quota_bytes},
                                     {"current_num_bytes", bytes}});
  std::string text = absl::StrCat("quotas for pool '", args.Text("pool"), "':\n  max objects: ");
  if (pool.quota_objects == 0)
    text += "N/A";
  else
    absl::StrAppend(&text, DecimalText(pool.quota_objects),
                    " objects  (current num objects: ", objects, " objects)");
  text += "\n  max bytes  : ";
  if (pool.quota_bytes == 0)
    text += "N/A";
  else
    absl::StrAppend(&text, BytesText(pool.quota_bytes), "  (current num bytes: ", bytes, " bytes)");
  return Result::Output(text + "\n");
}

}  // namespace

void AddPoolSettingCommands(const MonState& s, CommandTable* table) {
  table->Add({"osd pool get",
              {kPool, {"var", "CephChoices", false, false, PoolSettingChoices(true)}},
              "print a setting of a pool, or all of them",
              "osd",
              "r",
              [&s](const Args& args) { return Get(s, args); }});
  table->Add({"osd pool set",
              {kPool,
               {"var", "CephChoices", false, false,
                absl::StrCat(PoolSettingChoices(false), "|pgp_num_actual")},
               {"val", "CephString"},
               {"yes_i_really_mean_it", "CephBool", true}},
              "change a setting of a pool",
              "osd",
              "rw",
              [&s](const Args& args) { return Set(s, args); }});
  table->Add({"osd pool set-quota",
              {kPool,
               {"field", "CephChoices", false, false, "max_objects|max_bytes"},
               {"val", "CephString"}},
              "limit the objects or bytes of a pool; 0 is no limit",
              "osd",
              "rw",
              [&s](const Args& args) { return SetQuota(s, args); }});
  table->Add({"osd pool get-quota",
              {kPool},
              "print the limits of a pool",
              "osd",
              "r",
              [&s](const Args& args) { return GetQuota(s, args); }});
}

}  // namespace siphon::mon
