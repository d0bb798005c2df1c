// OsdIdentity: who an OSD is: its number and the UUID of its store, which the cluster knows
// together.
//
// Kept in the OSD's folder in the files `whoami`, `fsid` (the store's) and `ceph_fsid` (the
// cluster's), as Ceph does; written at the first start.
#ifndef SIPHON_SERVICES_OSD_OSD_IDENTITY_H_
#define SIPHON_SERVICES_OSD_OSD_IDENTITY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/random_source.h"
#include "services/rados/uuid.h"

namespace siphon::osd {

struct OsdIdentity {
  int32_t whoami = -1;
  rados::Uuid uuid;          // of the store
  rados::Uuid cluster_fsid;  // zero until known

  // Reads the folder, or makes it for osd.`whoami` with a new UUID. With an empty `folder` nothing
  // is kept, and the UUID is new each time. FailedPrecondition: the folder is another OSD's.
  // InvalidArgument: a file in it does not parse. Internal, PermissionDenied, ...: it can not be
  // read or written.
  static absl::StatusOr<OsdIdentity> Load(const std::string& folder, int32_t whoami,
                                          RandomSource& random);
  // The cluster's identity, as the monitors tell it; kept if there is a folder.
  // FailedPrecondition: the OSD belongs to another cluster.
  absl::Status SetCluster(const std::string& folder, const rados::Uuid& fsid);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OSD_IDENTITY_H_
