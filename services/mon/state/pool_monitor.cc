#include "services/mon/state/pool_monitor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/mon/state/pool_settings.h"
#include "services/rados/crush_map.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_map_incremental.h"

namespace siphon::mon {
namespace {

constexpr int64_t kMaxPgNum = 65536;
constexpr int64_t kMaxSize = 10;
constexpr size_t kMaxNameBytes = 255;

uint8_t DefaultMinSize(int64_t configured, int64_t size) {
  const int64_t wanted = configured > 0 ? std::min(configured, size) : size - size / 2;
  return static_cast<uint8_t>(wanted);
}

}  // namespace

absl::StatusOr<int64_t> PoolMonitor::Create(const Spec& spec) {
  if (spec.name.empty() || spec.name.size() > kMaxNameBytes)
    return absl::InvalidArgumentError(
        absl::StrCat("a pool's name has 1 to ", kMaxNameBytes, " bytes"));
  if (map().FindPoolByName(spec.name))
    return absl::AlreadyExistsError(absl::StrCat("pool '", spec.name, "' already exists"));
  const int64_t pg_num = spec.pg_num > 0 ? spec.pg_num : config_->GetInt("osd_pool_default_pg_num");
  const int64_t size = spec.size > 0 ? spec.size : config_->GetInt("osd_pool_default_size");
  if (spec.pg_num < 0 || pg_num < 1 || pg_num > kMaxPgNum)
    return absl::OutOfRangeError(
        absl::StrCat("'pg_num' must be greater than 0 and less than or equal to ", kMaxPgNum,
                     " (you may adjust 'mon max pool pg num' for higher values)"));
  if (spec.pgp_num > pg_num)
    return absl::OutOfRangeError(absl::StrCat(
        "'pgp_num' must be greater than 0 and lower or equal than 'pg_num', which in this case is ",
        pg_num));
  if (size < 1 || size > kMaxSize)
    return absl::InvalidArgumentError("pool size is bigger than the crush rule max size");
  const absl::StatusOr<uint8_t> rule = RuleFor(spec);
  if (!rule.ok()) return rule.status();
  if (absl::Status status = CheckPgLimit(pg_num, size); !status.ok()) return status;

  rados::OsdMapIncremental change = maps_->NewChange(clock_->Now());
  const int64_t id = map().pool_max + 1;
  rados::PgPool& pool = change.new_pools[id];
  pool.size = static_cast<uint8_t>(size);
  pool.min_size = DefaultMinSize(config_->GetInt("osd_pool_default_min_size"), size);
  pool.crush_rule = *rule;
  pool.SetPgNum(static_cast<uint32_t>(pg_num));
  if (spec.pgp_num > 0) pool.pgp_num = pool.pgp_num_target = static_cast<uint32_t>(spec.pgp_num);
  pool.expected_num_objects = spec.expected_num_objects;
  pool.create_time = change.modified;
  for (const auto& [name, value] : spec.settings)
    if (absl::Status set = SetPoolSetting(map(), name, value, false, 0, &pool); !set.ok())
      return set;
  change.new_pool_names[id] = spec.name;
  change.new_pool_max = id;
  CreatingGroups::Pool creating{.epoch = change.epoch, .when = change.modified, .groups = {}};
  for (int64_t ps = 0; ps < pg_num; ++ps) creating.groups.insert(static_cast<uint32_t>(ps));
  MonStore::Batch batch;
  CreatingGroups::Put(id, creating, &batch);
  if (absl::Status status = maps_->Commit(std::move(change), std::move(batch)); !status.ok()) {
    return status;
  }
  creating_->Began(id, std::move(creating));
  LOG(INFO) << "mon: pool " << id << " '" << spec.name << "' created, epoch " << maps_->epoch();
  return id;
}

absl::StatusOr<uint8_t> PoolMonitor::RuleFor(const Spec& spec) const {
  const rados::CrushMap& crush = *map().crush;
  int32_t id = spec.rule_id;
  if (!spec.rule.empty()) {
    const auto named = crush.FindRuleByName(spec.rule);
    if (!named)
      return absl::NotFoundError(absl::StrCat("specified rule ", spec.rule, " doesn't exist"));
    id = *named;
  }
  if (id < 0)
    for (size_t i = 0; i < crush.rules.size() && id < 0; ++i)
      if (crush.rules[i] && crush.rules[i]->type == rados::PgPool::kReplicated)
        id = static_cast<int32_t>(i);
  const rados::CrushRule* rule = crush.FindRule(id);
  if (!rule || rule->type != rados::PgPool::kReplicated)
    return absl::NotFoundError(absl::StrCat("there is no rule ", id, " for replicated pools"));
  return rule->ruleset;
}

absl::Status PoolMonitor::CheckPgLimit(int64_t pg_num, int64_t size) const {
  int64_t in = 0;
  for (int32_t osd = 0; osd < map().max_osd; ++osd) in += map().IsIn(osd);
  int64_t copies = pg_num * size;
  for (const auto& [id, pool] : map().pools)
    copies += static_cast<int64_t>(pool.pg_num) * pool.size;
  const int64_t most = config_->GetInt("mon_max_pg_per_osd") * std::max<int64_t>(in, 3);
  if (copies <= most) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat("pg_num ", pg_num, " size ", size, " would mean ", copies,
                   " total pgs, which exceeds max ", most, " (mon_max_pg_per_osd ",
                   config_->GetInt("mon_max_pg_per_osd"), " * num_in_osds ", in, ")"));
}

absl::StatusOr<rados::PgPool> PoolMonitor::Find(int64_t pool) const {
  const rados::PgPool* found = map().FindPool(pool);
  if (!found) return absl::NotFoundError(absl::StrCat("there is no pool ", pool));
  return *found;
}

absl::Status PoolMonitor::Commit(int64_t id, rados::PgPool pool) {
  rados::OsdMapIncremental change = maps_->NewChange(clock_->Now());
  change.new_pools[id] = std::move(pool);
  return maps_->Commit(std::move(change));
}

absl::Status PoolMonitor::Delete(int64_t pool) {
  const absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  if (!config_->GetBool("mon_allow_pool_delete"))
    return absl::PermissionDeniedError(
        "pool deletion is disabled; you must first set the mon_allow_pool_delete config option to "
        "true before you can destroy a pool");
  if (found->HasFlag(rados::PgPool::kNoDelete))
    return absl::PermissionDeniedError(
        "pool deletion is disabled; you must unset nodelete flag for the pool first");
  rados::OsdMapIncremental change = maps_->NewChange(clock_->Now());
  change.old_pools.insert(pool);
  const auto names_pool = [pool](const auto& item) {
    return item.first.pool == static_cast<uint64_t>(pool);
  };
  for (const auto& item : map().pg_temp)
    if (names_pool(item)) change.new_pg_temp[item.first] = {};
  for (const auto& item : map().primary_temp)
    if (names_pool(item)) change.new_primary_temp[item.first] = -1;
  LOG(INFO) << "mon: pool " << pool << " is deleted, epoch " << change.epoch;
  return maps_->Commit(std::move(change));
}

absl::Status PoolMonitor::Rename(int64_t pool, const std::string& name) {
  if (absl::StatusOr<rados::PgPool> found = Find(pool); !found.ok()) return found.status();
  if (name.empty() || name.size() > kMaxNameBytes)
    return absl::InvalidArgumentError(
        absl::StrCat("a pool's name has 1 to ", kMaxNameBytes, " bytes"));
  if (map().FindPoolByName(name))
    return absl::AlreadyExistsError(absl::StrCat("pool '", name, "' already exists"));
  rados::OsdMapIncremental change = maps_->NewChange(clock_->Now());
  change.new_pool_names[pool] = name;
  return maps_->Commit(std::move(change));
}

absl::Status PoolMonitor::Set(int64_t pool, std::string_view variable, std::string_view value,
                              bool sure) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  const absl::Status set = SetPoolSetting(map(), variable, value, sure,
                                          config_->GetInt("osd_pool_default_min_size"), &*found);
  return set.ok() ? Commit(pool, *std::move(found)) : set;
}

absl::Status PoolMonitor::SetQuota(int64_t pool, std::optional<uint64_t> max_objects,
                                   std::optional<uint64_t> max_bytes) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  found->quota_objects = max_objects.value_or(found->quota_objects);
  found->quota_bytes = max_bytes.value_or(found->quota_bytes);
  return Commit(pool, *std::move(found));
}

absl::Status PoolMonitor::SetFlags(int64_t pool, uint64_t set, uint64_t clear) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  const uint64_t flags = (found->flags & ~clear) | set;
  if (flags == found->flags) return absl::OkStatus();
  found->flags = flags;
  return Commit(pool, *std::move(found));
}

}  // namespace siphon::mon
