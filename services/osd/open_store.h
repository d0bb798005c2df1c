// OpenStore: the store that the option osd_objectstore names.
#ifndef SIPHON_SERVICES_OSD_OPEN_STORE_H_
#define SIPHON_SERVICES_OSD_OPEN_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/osd/osd_identity.h"
#include "services/osd/store/object_store.h"

namespace siphon::osd {

// `kind` is "rocksdb", which keeps objects in `folder`, or "memstore" (also "memory"), which
// forgets them. `on_failure`: see RocksdbStore::Open. InvalidArgument: there is no such kind, or no
// folder. Others as store_database.h.
absl::StatusOr<std::unique_ptr<ObjectStore>> OpenStore(
    const std::string& kind, const std::string& folder, const OsdIdentity& identity,
    std::function<void(absl::Status)> on_failure);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OPEN_STORE_H_
