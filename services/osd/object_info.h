// ObjectInfo: what the OSD knows of an object besides its contents; kept as an attribute of it.
#ifndef SIPHON_SERVICES_OSD_OBJECT_INFO_H_
#define SIPHON_SERVICES_OSD_OBJECT_INFO_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "services/rados/eversion.h"

namespace siphon::osd {

struct ObjectInfo {
  // Where it is kept. A client's attribute NAME is kept as "_NAME", so never here.
  static constexpr std::string_view kAttr = "_";

  rados::EVersion version;                  // of the placement group's last change to the object
  uint64_t user_version = 0;                // the same, as clients see it
  absl::Time mtime = absl::InfinitePast();  // of the last write, by its client's clock

  // A format of our own: versioned as Ceph's are.
  BufferList Encode() const;
  static absl::StatusOr<ObjectInfo> Decode(const BufferList& bytes);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OBJECT_INFO_H_
