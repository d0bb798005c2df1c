// ObjectInfo: what the OSD knows of an object besides its contents; kept as an attribute of it.
#ifndef SIPHON_SERVICES_OSD_PG_OBJECT_INFO_H_
#define SIPHON_SERVICES_OSD_PG_OBJECT_INFO_H_

#include <compare>
#include <cstdint>
#include <map>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "services/rados/eversion.h"

namespace siphon::osd {

// A watch: a client may have several on one object, told apart by its cookies.
struct WatchKey {
  uint64_t cookie = 0;
  EntityName client;

  friend auto operator<=>(const WatchKey&, const WatchKey&) = default;
};

struct WatchInfo {
  EntityAddr addr;  // of the client
  uint32_t timeout_seconds = 0;
};

struct ObjectInfo {
  // Where it is kept. A client's attribute NAME is kept as "_NAME", so never here.
  static constexpr std::string_view kAttr = "_";

  rados::EVersion version;                  // of the placement group's last change to the object
  uint64_t user_version = 0;                // the same, as clients see it
  absl::Time mtime = absl::InfinitePast();  // of the last write, by its client's clock
  bool whiteout = false;                    // deleted; its clones are not
  uint64_t truncate_size = 0;               // of the last truncation that had a number (CephFS)
  uint32_t truncate_seq = 0;
  // Kept with the object, so that clients find their watches after a restart.
  std::map<WatchKey, WatchInfo> watches;

  // A format of our own: versioned as Ceph's are.
  BufferList Encode() const;
  static absl::StatusOr<ObjectInfo> Decode(const BufferList& bytes);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OBJECT_INFO_H_
