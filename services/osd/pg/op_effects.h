// OpEffects: what a request does besides changing its object: watches that begin and end,
// notifications and their answers. They take effect once the request's changes are applied.
#ifndef SIPHON_SERVICES_OSD_PG_OP_EFFECTS_H_
#define SIPHON_SERVICES_OSD_PG_OP_EFFECTS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/buffer_list.h"
#include "services/osd/pg/object_info.h"

namespace siphon::osd {

struct OpEffects {
  struct Connect {
    WatchKey key;
    WatchInfo info;
    bool pings = true;  // the client gives signs of life; if not, its connection is one
  };
  struct Disconnect {
    WatchKey key;
    bool tell = false;  // the client did not ask for it
  };
  struct Notify {
    uint64_t id = 0;
    uint64_t cookie = 0;  // the notifier's
    uint32_t timeout_seconds = 0;
    BufferList payload;
  };
  struct Ack {
    uint64_t notify_id = 0;
    std::optional<uint64_t> cookie;  // all of the client's watches without one
    BufferList reply;
  };

  std::vector<WatchKey> pings;
  std::vector<Connect> connects;
  std::vector<Disconnect> disconnects;
  std::vector<Notify> notifies;
  std::vector<Ack> acks;

  bool empty() const {
    return pings.empty() && connects.empty() && disconnects.empty() && notifies.empty() &&
           acks.empty();
  }
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OP_EFFECTS_H_
