// PgTable: the placement groups that this OSD has led since it began, and whether it leads them
// now.
//
// Threads: any. Look-ups lock one of a few parts of the table; placement is computed once a group
// and epoch, outside the lock.
#ifndef SIPHON_SERVICES_OSD_PG_PG_TABLE_H_
#define SIPHON_SERVICES_OSD_PG_PG_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "msg/connection.h"
#include "services/osd/pg/pg.h"
#include "services/osd/pg/pg_report.h"
#include "services/osd/store/object_store.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

class PgTable {
 public:
  struct Lead {
    std::shared_ptr<Pg> pg;
    PgEpoch now;  // points into the map
  };

  // `store` outlives this.
  PgTable(ObjectStore* store, int32_t whoami, const PgEnvironment& environment)
      : store_(store), whoami_(whoami), environment_(environment) {}

  // The group, made if this OSD leads it by `map`. FailedPrecondition: another OSD does, or none.
  // NotFound: the group's pool is not in the map, or it has no such group.
  absl::StatusOr<Lead> Find(const rados::PgId& pg, const rados::OsdMap& map);
  // By `map` this OSD is among those that have the group's objects, whoever leads.
  bool IsActing(const rados::PgId& pg, const rados::OsdMap& map) const;
  // What a map changes for the groups there are: clients that it blocks lose their watches, and
  // snapshots that it removes are trimmed.
  void OnMapChange(const rados::OsdMap& map);
  // A client's connection is gone.
  void OnReset(const Connection* connection);
  // Drops the groups and objects of pools that are gone, also those that the store has from before
  // a restart.
  void DropDeletedPools(const rados::OsdMap& map);
  size_t size() const;
  ObjectStore& store() { return *store_; }
  // Of all groups that this OSD leads by `map`; makes those that no request has made yet.
  std::vector<PgReport> Reports(const rados::OsdMap& map);
  // The groups that are open.
  std::vector<std::shared_ptr<Pg>> All() const;

 private:
  static constexpr size_t kParts = 16;

  struct Slot {
    std::shared_ptr<Pg> pg;  // null while never led
    uint32_t epoch = 0;      // of the map that the rest is from
    bool leads = false;
  };
  struct Part {
    mutable Mutex mutex;
    absl::flat_hash_map<rados::PgId, Slot> slots ABSL_GUARDED_BY(mutex);
  };
  Part& PartOf(const rados::PgId& pg) { return parts_[(pg.pool * 31 + pg.ps) % kParts]; }

  ObjectStore* const store_;
  const int32_t whoami_;
  const PgEnvironment environment_;
  std::array<Part, kParts> parts_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_PG_TABLE_H_
