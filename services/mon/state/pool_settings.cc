#include "services/mon/state/pool_settings.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/absl_view.h"
#include "services/mon/state/pool_options.h"
#include "services/rados/crush_map.h"

namespace siphon::mon {
namespace {

using Json = nlohmann::ordered_json;
using rados::PgPool;

constexpr int64_t kMaxSize = 10;

struct FlagSetting {
  const char* name;
  uint64_t bit;
};
constexpr FlagSetting kFlags[] = {
    {"hashpspool", PgPool::kHashPsPool},
    {"nodelete", PgPool::kNoDelete},
    {"nopgchange", PgPool::kNoPgChange},
    {"nosizechange", PgPool::kNoSizeChange},
    {"write_fadvise_dontneed", PgPool::kWriteFadviseDontNeed},
    {"noscrub", PgPool::kNoScrub},
    {"nodeep-scrub", PgPool::kNoDeepScrub},
    {"bulk", PgPool::kBulk},
};
constexpr const char* kAutoscale[] = {"off", "warn", "on"};
constexpr const char* kTierSettings[] = {"hit_set_type",
                                         "hit_set_period",
                                         "hit_set_count",
                                         "hit_set_fpp",
                                         "target_max_bytes",
                                         "target_max_objects",
                                         "cache_target_dirty_ratio",
                                         "cache_target_dirty_high_ratio",
                                         "cache_target_full_ratio",
                                         "cache_min_flush_age",
                                         "cache_min_evict_age",
                                         "min_read_recency_for_promote",
                                         "min_write_recency_for_promote",
                                         "hit_set_grade_decay_rate",
                                         "hit_set_search_last_n"};

bool IsTierSetting(std::string_view name) {
  return std::find(std::begin(kTierSettings), std::end(kTierSettings), name) !=
         std::end(kTierSettings);
}

const FlagSetting* FindFlag(std::string_view name) {
  for (const FlagSetting& flag : kFlags)
    if (flag.name == name) return &flag;
  return nullptr;
}

absl::StatusOr<bool> ParseBool(std::string_view value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return absl::InvalidArgumentError("expecting value 'true', 'false', '0', or '1'");
}

absl::StatusOr<int64_t> ParseInt(std::string_view value) {
  int64_t number = 0;
  if (absl::SimpleAtoi(AbslView(value), &number)) return number;
  return absl::InvalidArgumentError(absl::StrCat("error parsing integer value '", AbslView(value),
                                                 "': Expected option value to be integer, got '",
                                                 AbslView(value), "'"));
}

absl::Status SetSize(std::string_view name, std::string_view value, bool sure,
                     int64_t default_min_size, PgPool* pool) {
  const absl::StatusOr<int64_t> number = ParseInt(value);
  if (!number.ok()) return number.status();
  if (pool->HasFlag(PgPool::kNoSizeChange))
    return absl::PermissionDeniedError(
        "pool size change is disabled; you must unset nosizechange flag for the pool first");
  if (name == "size") {
    if (*number < 1 || *number > kMaxSize)
      return absl::InvalidArgumentError(absl::StrCat("pool size must be between 1 and ", kMaxSize));
    if (*number == 1 && !sure)
      return absl::PermissionDeniedError(
          "WARNING: setting pool size 1 could lead to data loss without recovery. If you are "
          "*ABSOLUTELY CERTAIN* that is what you want, pass the flag --yes-i-really-mean-it.");
    pool->size = static_cast<uint8_t>(*number);
    pool->min_size = static_cast<uint8_t>(default_min_size > 0 ? std::min(default_min_size, *number)
                                                               : *number - *number / 2);
    return absl::OkStatus();
  }
  if (*number < 1 || *number > pool->size)
    return absl::InvalidArgumentError(
        absl::StrCat("pool min_size must be between 1 and size, which is set to ", pool->size));
  pool->min_size = static_cast<uint8_t>(*number);
  return absl::OkStatus();
}

absl::Status SetPgNum(std::string_view name, std::string_view value, PgPool* pool) {
  const absl::StatusOr<int64_t> number = ParseInt(value);
  if (!number.ok()) return number.status();
  if (pool->HasFlag(PgPool::kNoPgChange))
    return absl::PermissionDeniedError(
        "pool pg_num change is disabled; you must unset nopgchange flag for the pool first");
  if (*number < 1)
    return absl::InvalidArgumentError(
        absl::StrCat("specified ", AbslView(name), " ", *number, " must be positive"));
  if (name == "pg_num") {
    if (*number == pool->pg_num) return absl::OkStatus();
    return absl::UnimplementedError(absl::StrCat(
        "the OSDs of this cluster neither split nor merge placement groups; make a pool with "
        "pg_num ",
        *number, " and copy the objects (rados cppool)"));
  }
  if (*number > pool->pg_num)
    return absl::InvalidArgumentError(
        absl::StrCat("specified pgp_num ", *number, " > pg_num ", pool->pg_num));
  pool->pgp_num = pool->pgp_num_target = static_cast<uint32_t>(*number);
  return absl::OkStatus();
}

absl::Status SetRule(const rados::OsdMap& map, std::string_view value, PgPool* pool) {
  const std::optional<int32_t> id = map.crush->FindRuleByName(value);
  if (!id)
    return absl::NotFoundError(absl::StrCat("crush rule ", AbslView(value), " does not exist"));
  if (map.crush->FindRule(*id) == nullptr || map.crush->FindRule(*id)->type != pool->type)
    return absl::InvalidArgumentError(
        absl::StrCat("crush rule ", *id, " type does not match pool"));
  pool->crush_rule = static_cast<uint8_t>(*id);
  return absl::OkStatus();
}

absl::Status SetFlag(const FlagSetting& flag, std::string_view value, bool sure, PgPool* pool) {
  const absl::StatusOr<bool> on = ParseBool(value);
  if (!on.ok()) return on.status();
  if (flag.bit == PgPool::kHashPsPool && !sure)
    return absl::PermissionDeniedError(
        "are you SURE?  this will remap all placement groups in this pool, this triggers large "
        "data movement, pass --yes-i-really-mean-it if you really do.");
  pool->flags = *on ? pool->flags | flag.bit : pool->flags & ~flag.bit;
  return absl::OkStatus();
}

absl::Status SetOption(const rados::OsdMap& map, const PoolOption& option, std::string_view value,
                       PgPool* pool) {
  if (option.name == std::string_view("dedup_tier")) {
    const auto tier = map.FindPoolByName(value);
    if (!tier) return absl::InvalidArgumentError("expecting value 'pool name'");
    pool->options[option.key] = *tier;
    return absl::OkStatus();
  }
  absl::StatusOr<PoolOptionValue> parsed = ParsePoolOption(option, value);
  if (!parsed.ok()) return parsed.status();
  const auto* number = std::get_if<int64_t>(&*parsed);
  const std::string_view name = option.name;
  if (number && *number != 0 && name == "pg_num_min" && *number > pool->pg_num)
    return absl::InvalidArgumentError(
        absl::StrCat("specified pg_num_min ", *number, " > pg_num ", pool->pg_num));
  if (number && *number != 0 && name == "pg_num_max" && *number < pool->pg_num)
    return absl::InvalidArgumentError(
        absl::StrCat("specified pg_num_max ", *number, " < pg_num ", pool->pg_num));
  if (UnsetsPoolOption(*parsed))
    pool->options.erase(option.key);
  else
    pool->options[option.key] = *std::move(parsed);
  return absl::OkStatus();
}

absl::Status SetAutoscale(std::string_view value, PgPool* pool) {
  for (size_t i = 0; i < std::size(kAutoscale); ++i) {
    if (value != kAutoscale[i]) continue;
    pool->pg_autoscale_mode = static_cast<uint8_t>(i);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("specified invalid mode ", AbslView(value)));
}

absl::Status NotSet(std::string_view name) {
  return absl::NotFoundError(absl::StrCat("option '", AbslView(name), "' is not set on pool"));
}

}  // namespace

const std::vector<std::string>& PoolSettingNames() {
  static const auto* const names = [] {
    auto* out = new std::vector<std::string>{"size", "min_size", "pg_num", "pgp_num", "crush_rule"};
    for (const FlagSetting& flag : kFlags)
      if (flag.bit != PgPool::kBulk) out->push_back(flag.name);
    for (const char* name : kTierSettings) out->push_back(name);
    for (const char* name :
         {"use_gmt_hitset", "erasure_code_profile", "allow_ec_overwrites", "fast_read"})
      out->push_back(name);
    for (const PoolOption& option : PoolOptions()) {
      if (option.key == 19) continue;  // read_lease_interval is none of these commands'
      if (option.key == 15) out->push_back("pg_autoscale_mode");
      out->push_back(option.name);
    }
    out->push_back("bulk");
    return out;
  }();
  return *names;
}

std::string PoolSettingChoices(bool with_all) {
  return absl::StrCat(absl::StrJoin(PoolSettingNames(), "|"), with_all ? "|all" : "");
}

absl::StatusOr<Json> GetPoolSetting(const rados::OsdMap& map, const PgPool& pool,
                                    std::string_view name) {
  if (name == "size") return pool.size;
  if (name == "min_size") return pool.min_size;
  if (name == "pg_num") return pool.pg_num;
  if (name == "pgp_num") return pool.pgp_num;
  if (name == "use_gmt_hitset") return pool.use_gmt_hitset;
  if (name == "fast_read") return pool.fast_read ? 1 : 0;
  if (name == "crush_rule") {
    const auto rule = map.crush->rule_names.find(pool.crush_rule);
    return rule == map.crush->rule_names.end() ? absl::StrCat(pool.crush_rule) : rule->second;
  }
  if (const FlagSetting* flag = FindFlag(name)) return (pool.flags & flag->bit) != 0;
  if (name == "pg_autoscale_mode")
    return kAutoscale[std::min<size_t>(pool.pg_autoscale_mode, std::size(kAutoscale) - 1)];
  if (IsTierSetting(name))
    return absl::UnauthenticatedError("is not a tier pool: variable not applicable");
  if (name == "erasure_code_profile" || name == "allow_ec_overwrites")
    return absl::UnauthenticatedError("is not a erasure pool: variable not applicable");
  const PoolOption* option = FindPoolOption(name);
  const auto value = option ? pool.options.find(option->key) : pool.options.end();
  if (value == pool.options.end()) return NotSet(name);
  return PoolOptionJson(*option, value->second);
}

absl::Status SetPoolSetting(const rados::OsdMap& map, std::string_view name, std::string_view value,
                            bool sure, int64_t min_size, PgPool* pool) {
  if (name == "size" || name == "min_size") return SetSize(name, value, sure, min_size, pool);
  if (name == "pg_num" || name == "pgp_num" || name == "pgp_num_actual")
    return SetPgNum(name, value, pool);
  if (name == "crush_rule") return SetRule(map, value, pool);
  if (const FlagSetting* flag = FindFlag(name)) return SetFlag(*flag, value, sure, pool);
  if (name == "pg_autoscale_mode") return SetAutoscale(value, pool);
  if (IsTierSetting(name)) return absl::UnauthenticatedError("(13) Permission denied");
  if (name == "use_gmt_hitset") {
    const absl::StatusOr<bool> on = ParseBool(value);
    if (on.ok()) pool->use_gmt_hitset = *on;
    return on.status();
  }
  if (name == "allow_ec_overwrites")
    return absl::InvalidArgumentError(
        "ec overwrites can only be enabled for an erasure coded pool");
  if (name == "fast_read")
    return absl::InvalidArgumentError("fast read is not supported in replication pool");
  if (const PoolOption* option = FindPoolOption(name)) return SetOption(map, *option, value, pool);
  return absl::InvalidArgumentError(absl::StrCat("unrecognized variable '", AbslView(name), "'"));
}

}  // namespace siphon::mon
