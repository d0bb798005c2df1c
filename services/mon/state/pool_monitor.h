// PoolMonitor: makes, changes and deletes pools.
//
// Errors: AlreadyExists, NotFound, InvalidArgument with what to give instead, OutOfRange for
// limits, PermissionDenied while mon_allow_pool_delete is false; or the store's. Threads: one at a
// time.
#ifndef SIPHON_SERVICES_MON_STATE_POOL_MONITOR_H_
#define SIPHON_SERVICES_MON_STATE_POOL_MONITOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/config.h"
#include "services/mon/state/creating_groups.h"
#include "services/mon/state/osd_map_history.h"
#include "services/rados/pg_pool.h"

namespace siphon::mon {

class PoolMonitor {
 public:
  struct Spec {
    std::string name;
    int64_t pg_num = 0;    // 0: osd_pool_default_pg_num
    int64_t size = 0;      // 0: osd_pool_default_size
    std::string rule;      // empty: the first rule for replicated pools
    int32_t rule_id = -1;  // instead of `rule`, if not negative
    uint64_t expected_num_objects = 0;
    int64_t pgp_num = 0;  // 0: as pg_num
    // More of it, as Set() takes it: {"bulk", "true"}.
    std::vector<std::pair<std::string, std::string>> settings;
  };

  // All are borrowed.
  PoolMonitor(Config* config, Clock* clock, OsdMapHistory* maps, CreatingGroups* creating)
      : config_(config), clock_(clock), maps_(maps), creating_(creating) {}

  // Returns the new pool's number.
  absl::StatusOr<int64_t> Create(const Spec& spec);
  absl::Status Delete(int64_t pool);
  // AlreadyExists: another pool has the name.
  absl::Status Rename(int64_t pool, const std::string& name);
  // Marks the pool as used by `application`. PermissionDenied: another one uses it, and not
  // `force`.
  absl::Status EnableApplication(int64_t pool, const std::string& application, bool force);
  absl::Status DisableApplication(int64_t pool, const std::string& application);
  // Keeps a value for an application that is enabled, or with nothing, forgets it.
  absl::Status SetApplicationValue(int64_t pool, const std::string& application,
                                   const std::string& key, const std::optional<std::string>& value);
  // As SetPoolSetting().
  absl::Status Set(int64_t pool, std::string_view variable, std::string_view value,
                   bool sure = false);
  // 0: no limit.
  absl::Status SetQuota(int64_t pool, std::optional<uint64_t> max_objects,
                        std::optional<uint64_t> max_bytes);
  // Sets or clears PgPool::Flag bits, as the quotas and figures ask for.
  absl::Status SetFlags(int64_t pool, uint64_t set, uint64_t clear);

  // Snapshots of the pool itself. Each returns whether something changed. InvalidArgument: the
  // pool's clients keep their own.
  absl::StatusOr<bool> CreateSnap(int64_t pool, const std::string& name);
  absl::StatusOr<bool> RemoveSnap(int64_t pool, std::string_view name);
  // The next snapshot id of a pool whose clients keep their own snapshots. InvalidArgument: the
  // pool has snapshots of its own.
  absl::StatusOr<uint64_t> CreateUnmanagedSnap(int64_t pool);
  absl::Status DeleteUnmanagedSnap(int64_t pool, uint64_t snap);

 private:
  const rados::OsdMap& map() const { return maps_->current(); }
  absl::StatusOr<uint8_t> RuleFor(const Spec& spec) const;
  absl::Status CheckPgLimit(int64_t pg_num, int64_t size) const;
  // The pool, to be changed and committed.
  absl::StatusOr<rados::PgPool> Find(int64_t pool) const;
  absl::Status Commit(int64_t id, rados::PgPool pool);

  Config* const config_;
  Clock* const clock_;
  OsdMapHistory* const maps_;
  CreatingGroups* const creating_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_POOL_MONITOR_H_
