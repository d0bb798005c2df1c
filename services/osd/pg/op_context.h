// OpContext: what a request is run with besides itself: where the object is, who asks, and what the
// pool's snapshots are.
#ifndef SIPHON_SERVICES_OSD_PG_OP_CONTEXT_H_
#define SIPHON_SERVICES_OSD_PG_OP_CONTEXT_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "base/random_source.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "services/osd/classes/class_registry.h"
#include "services/osd/pg/object_copier.h"
#include "services/osd/pg/object_state.h"
#include "services/osd/pg/op_limits.h"
#include "services/osd/pg/watch_table.h"
#include "services/osd/store/object_store.h"
#include "services/rados/snap_context.h"

namespace siphon::osd {

// All pointers are borrowed; those without a comment are not null.
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
  // What the request's copy-from operations copy, in their order; null if it was not fetched.
  const std::vector<CopiedObject>* copied = nullptr;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OP_CONTEXT_H_
