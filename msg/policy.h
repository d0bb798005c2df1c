// Policy: how a messenger treats connections with peers of one type (protocol section 10).
#ifndef SIPHON_MSG_POLICY_H_
#define SIPHON_MSG_POLICY_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "msg/features.h"

namespace siphon {

class Throttle;

struct Policy {
  std::string_view name = "stateless_server";  // for people
  // A fault ends the session: nothing is replayed, the dispatcher gets a reset.
  bool lossy = true;
  // Never dials; after a fault it waits for the peer.
  bool server = true;
  // With nothing to send, a broken session waits in STANDBY instead of reconnecting.
  bool standby = false;
  // Detects that the peer forgot the session, and tells the dispatcher (remote reset).
  bool resetcheck = false;
  // Registers lossy clients by address as well, so that each has one connection at most.
  bool register_lossy_clients = false;

  uint64_t features_supported = kFeaturesSupported;
  uint64_t features_required = 0;

  // Limits on what was received and not yet released by the services; null is none. One Throttle
  // may serve many policies and messengers.
  std::shared_ptr<Throttle> throttler_bytes;
  std::shared_ptr<Throttle> throttler_messages;

  static Policy StatefulServer(uint64_t required) {
    return Make("stateful_server", false, true, true, true, required);
  }
  static Policy StatelessServer(uint64_t required) {
    return Make("stateless_server", true, true, false, false, required);
  }
  static Policy StatelessRegisteredServer(uint64_t required) {
    Policy p = Make("stateless_registered_server", true, true, false, false, required);
    p.register_lossy_clients = true;
    return p;
  }
  static Policy LosslessPeer(uint64_t required) {
    return Make("lossless_peer", false, false, true, false, required);
  }
  static Policy LosslessPeerReuse(uint64_t required) {
    return Make("lossless_peer_reuse", false, false, true, true, required);
  }
  static Policy LossyClient(uint64_t required) {
    return Make("lossy_client", true, false, false, false, required);
  }
  static Policy LosslessClient(uint64_t required) {
    return Make("lossless_client", false, false, false, true, required);
  }

 private:
  static Policy Make(std::string_view name, bool lossy, bool server, bool standby, bool resetcheck,
                     uint64_t required) {
    Policy p;
    p.name = name;
    p.lossy = lossy;
    p.server = server;
    p.standby = standby;
    p.resetcheck = resetcheck;
    p.features_required = required;
    return p;
  }
};

}  // namespace siphon

#endif  // SIPHON_MSG_POLICY_H_
