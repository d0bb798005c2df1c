#include "services/osd/heartbeat_peers.h"

namespace siphon::osd {

std::vector<int32_t> ChooseHeartbeatPeers(const rados::OsdMap& map, int32_t whoami, size_t max) {
  // All that are up, as the ring passes them from `whoami` upwards.
  std::vector<int32_t> ring;
  for (int32_t i = 1; i < map.max_osd; ++i) {
    const int32_t osd = (whoami + i) % map.max_osd;
    if (osd != whoami && map.IsUp(osd)) ring.push_back(osd);
  }
  std::vector<int32_t> peers;
  for (size_t low = 0, high = ring.size(); low < high && peers.size() < max;) {
    peers.push_back(ring[low++]);
    if (low < high && peers.size() < max) peers.push_back(ring[--high]);
  }
  return peers;
}

}  // namespace siphon::osd
