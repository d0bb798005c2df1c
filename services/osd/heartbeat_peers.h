// ChooseHeartbeatPeers: which OSDs this one pings.
#ifndef SIPHON_SERVICES_OSD_HEARTBEAT_PEERS_H_
#define SIPHON_SERVICES_OSD_HEARTBEAT_PEERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/rados/osd_map.h"

namespace siphon::osd {

// The OSDs that are up, in turn the next above and the next below `whoami` on the ring of numbers,
// `max` at most; so everyone is pinged by about as many as it pings.
std::vector<int32_t> ChooseHeartbeatPeers(const rados::OsdMap& map, int32_t whoami, size_t max);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_HEARTBEAT_PEERS_H_
