// CreatingGroups: the placement groups of new pools that no OSD has yet.
//
// A group is made once, by the OSD that leads it, when the monitor tells it to (a real ceph-osd
// waits for that; ours makes groups when it sees them in the map). It stays here until that OSD
// says that it has it: then never again may another make an empty one in its place.
//
// What is here is stored with the pool's first epoch. What leaves is written by Flush(), so a crash
// may bring groups back for as long as that was not called.
//
// Threads: one at a time. Errors: the store's; DataLoss for what does not decode.
#ifndef SIPHON_SERVICES_MON_STATE_CREATING_GROUPS_H_
#define SIPHON_SERVICES_MON_STATE_CREATING_GROUPS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/mon/state/mon_store.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_id.h"

namespace siphon::mon {

class CreatingGroups {
 public:
  struct Pool {
    uint32_t epoch = 0;  // that has it first
    absl::Time when = absl::UnixEpoch();
    std::set<uint32_t> groups;  // that nobody has
  };

  // `store` is borrowed.
  explicit CreatingGroups(MonStore* store) : store_(store) {}

  absl::Status Load();
  // What is to be stored together with a new pool; Began() when it is.
  static void Put(int64_t id, const Pool& pool, MonStore::Batch* batch);
  void Began(int64_t id, Pool pool) { pools_[id] = std::move(pool); }

  // An OSD has the group.
  void Created(const rados::PgId& pg);
  // Forgets pools that the map has no more.
  void Prune(const rados::OsdMap& map);
  absl::Status Flush();

  const std::map<int64_t, Pool>& pools() const { return pools_; }

 private:
  MonStore* const store_;
  std::map<int64_t, Pool> pools_;
  std::set<int64_t> changed_;  // since the last Flush()
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_CREATING_GROUPS_H_
