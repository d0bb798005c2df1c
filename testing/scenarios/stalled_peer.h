// RunStalledPeer: a peer stops reading for so long, while messages to it go on being sent and
// another connection on the same worker is busy.
#ifndef SIPHON_TESTING_SCENARIOS_STALLED_PEER_H_
#define SIPHON_TESTING_SCENARIOS_STALLED_PEER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "testing/scenarios/busy_loop.h"

namespace siphon {

struct StalledPeerOptions {
  absl::Duration stall = absl::Seconds(60);
  // What becomes of an out queue beyond `limit`: ms_out_queue_overflow_closes.
  bool closes = false;
  size_t limit = 16 << 20;  // ms_out_queue_max_bytes
  size_t message_bytes = 64 << 10;
  uint64_t messages = 1024;  // spread evenly over the stall; much more than limit and sockets hold
};

struct StalledPeerResult {
  BusyLoop::Speed before;  // of the other connection
  BusyLoop::Speed during;
  uint64_t sent = 0;
  uint64_t arrived_before_resume = 0;
  uint64_t arrived = 0;
  uint64_t resets = 0;
  size_t most_waiting =
      0;                 // bytes, queued or unacknowledged, on the connection with the stalled peer
  uint64_t reports = 0;  // of a queue beyond the limit
  absl::Duration caught_up;  // from the peer's reading again until all had arrived
  // What went wrong; empty if nothing did. Without `closes` the long queue is reported once and
  // everything arrives, in order; with it the queue stays within the limit, resets tell of what is
  // gone, and all that was sent after the last arrives. The other connection keeps at least a tenth
  // of its speed, which only a stalled worker falls short of on a busy machine.
  std::string violation;

  std::string Text() const;  // for people
};

StalledPeerResult RunStalledPeer(const StalledPeerOptions& options);

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_STALLED_PEER_H_
