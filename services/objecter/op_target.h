// OpTarget: where an operation on an object is to be sent, as of one OSD map.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_CLIENT_OP_TARGET_H_
#define SIPHON_SERVICES_CLIENT_OP_TARGET_H_

#include <cstdint>
#include <string>

#include "services/rados/hobject.h"
#include "services/rados/object_locator.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_id.h"

namespace siphon::client {

struct OpTarget {
  enum class State {
    kUnplaced,   // no map yet
    kNoPool,     // its pool is not in the map
    kNoPrimary,  // no OSD serves its placement group now
    kPaused,     // an OSD does, but the map forbids (reads, or writes) or the pool is full
    kPlaced,
  };

  // --- What.
  std::string oid;
  rados::ObjectLocator locator;  // a hash in it is the position itself (listings)
  bool writes = false;
  bool full_try = false;  // allowed in a full pool: deletions

  // --- Where.
  State state = State::kUnplaced;
  uint32_t raw_hash = 0;
  rados::ShardedPgId pg;
  int32_t osd = -1;  // the acting primary

  // Places it anew. True when an operation that was sent before must be sent again: its placement
  // group is served by others now, was split, or the map demands it.
  bool Place(const rados::OsdMap& map);

  // Its place in the order of a pool's objects.
  rados::HObject hobject() const;

 private:
  rados::OsdMap::Placement placement_;
  uint32_t pg_num_ = 0;
  uint32_t force_resend_ = 0;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OP_TARGET_H_
