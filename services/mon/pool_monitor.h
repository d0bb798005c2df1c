// PoolMonitor: makes, changes and deletes pools.
//
// Errors: AlreadyExists, NotFound, InvalidArgument with what to give instead, OutOfRange for limits,
// PermissionDenied while mon_allow_pool_delete is false; or the store's.
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_POOL_MONITOR_H_
#define SIPHON_SERVICES_MON_POOL_MONITOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/config.h"
#include "services/mon/osd_map_history.h"
#include "services/rados/pg_pool.h"

namespace siphon::mon {

class PoolMonitor {
 public:
  struct Spec {
    std::string name;
    int64_t pg_num = 0;     // 0: osd_pool_default_pg_num
    int64_t size = 0;       // 0: osd_pool_default_size
    std::string rule;       // empty: the first rule for replicated pools
    int32_t rule_id = -1;   // instead of `rule`, if not negative
    uint64_t expected_num_objects = 0;
  };

  // All are borrowed.
  PoolMonitor(Config* config, Clock* clock, OsdMapHistory* maps)
      : config_(config), clock_(clock), maps_(maps) {}

  // Returns the new pool's number.
  absl::StatusOr<int64_t> Create(const Spec& spec);
  absl::Status Delete(int64_t pool);
  // Marks the pool as used by `application`. FailedPrecondition: another one uses it, and not
  // `force`.
  absl::Status EnableApplication(int64_t pool, const std::string& application, bool force);
  // size, min_size, crush_rule, nodelete. Unimplemented: any other variable.
  absl::Status Set(int64_t pool, std::string_view variable, std::string_view value);
  // The next snapshot id of a pool whose clients keep their own snapshots.
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
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_POOL_MONITOR_H_
