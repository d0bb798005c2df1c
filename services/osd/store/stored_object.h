// StoredObject: the durable store's record of an object: everything but its bytes and object map.
//
// Threads: one at a time. A value type.
#ifndef SIPHON_SERVICES_OSD_STORE_STORED_OBJECT_H_
#define SIPHON_SERVICES_OSD_STORE_STORED_OBJECT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "services/osd/store/transaction.h"

namespace siphon::osd {

struct StoredObject {
  uint64_t number = 0;     // names its chunks and object map (store_keys.h)
  uint64_t size = 0;       // bytes
  bool has_omap = false;   // there may be an object map, or its header
  bool has_slots = false;  // chunks may lie in data files
  KeyValues attrs;

  // A format of our own: versioned as Ceph's are.
  std::string Encode() const;
  // InvalidArgument: it is none. The attributes share memory.
  static absl::StatusOr<StoredObject> Decode(std::string bytes);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_STORED_OBJECT_H_
