// ObjectState: an object as a request finds it, and how a snapshot's object is found.
//
// Threads: any; the placement group's lock keeps what was found true.
#ifndef SIPHON_SERVICES_OSD_PG_OBJECT_STATE_H_
#define SIPHON_SERVICES_OSD_PG_OBJECT_STATE_H_

#include <cstdint>
#include <optional>

#include "services/osd/pg/object_info.h"
#include "services/osd/pg/snap_set.h"
#include "services/osd/store/object_store.h"
#include "services/rados/hobject.h"
#include "services/rados/pg_pool.h"

namespace siphon::osd {

struct ObjectState {
  rados::HObject id;     // as the store has it: the head, or a clone
  bool present = false;  // in the store, if only as a whiteout
  uint64_t size = 0;     // bytes
  ObjectInfo info;
  SnapSet snaps;  // of a head

  // For clients.
  bool exists() const { return present && !info.whiteout; }
};

// What an object takes in the store, its clones included.
struct StoredCount {
  int64_t objects = 0;  // the head, or its whiteout, and clones
  int64_t clones = 0;
  int64_t whiteouts = 0;
  int64_t bytes = 0;  // of clones, what they do not share with the next newer one

  StoredCount& operator+=(const StoredCount& other);
};
StoredCount CountOf(const ObjectState& head);

// `object` names a head or a clone.
ObjectState LoadObject(ObjectCollection& collection, const rados::HObject& object);

// Snapshots that are being removed: clones may still hold them. Both sets are borrowed from a map,
// and may be null.
struct RemovedSnaps {
  const rados::IntervalSet* queue = nullptr;    // the cluster's, for the pool
  const rados::IntervalSet* of_pool = nullptr;  // the pool's own

  bool Contains(uint64_t snap) const;
  bool empty() const;
};

// The object that `snap` reads: the head itself for kSnapHead and kSnapDir. Nothing if it did not
// exist then, or the snapshot is among `removed`.
std::optional<ObjectState> FindAtSnap(ObjectCollection& collection, const ObjectState& head,
                                      uint64_t snap, const RemovedSnaps& removed);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OBJECT_STATE_H_
