// LocalAddressTowards: the address of this machine that leads to another.
#ifndef SIPHON_SERVICES_OSD_LOCAL_ADDRESS_H_
#define SIPHON_SERVICES_OSD_LOCAL_ADDRESS_H_

#include "absl/status/statusor.h"
#include "msg/entity_addr.h"

namespace siphon::osd {

// The kernel's choice of a source address for packets to `peer`; nothing is sent. Port 0, type v1.
// Unavailable: there is no way to `peer`.
absl::StatusOr<EntityAddr> LocalAddressTowards(const EntityAddr& peer);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_LOCAL_ADDRESS_H_
