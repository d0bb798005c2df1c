// OpContext: what a request is run with besides itself: where the object is, who asks, and what the
// pool's snapshots are.
#ifndef SIPHON_SERVICES_OSD_OP_CONTEXT_H_
#define SIPHON_SERVICES_OSD_OP_CONTEXT_H_

#include <cstdint>

#include "absl/time/time.h"
#include "base/random_source.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "services/osd/classes/class_registry.h"
#include "services/osd/object_state.h"
#include "services/osd/object_store.h"
#include "services/osd/op_limits.h"
#include "services/osd/watch_table.h"
#include "services/rados/snap_context.h"

namespace siphon::osd {

// All pointers are borrowed; none is null.
struct OpContext {
  ObjectCollection* collection = nullptr;
  const OpLimits* limits = nullptr;
  const ClassRegistry* classes = nullptr;
  WatchTable* watches = nullptr;
  RandomSource* random = nullptr;

  rados::SnapContext snaps;  // that a write preserves
  RemovedSnaps removed_snaps = {};
  uint32_t epoch = 0;
  uint64_t last_user_version = 0;  // of the group
  absl::Time now;
  EntityName client;
  EntityAddr client_addr;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OP_CONTEXT_H_
