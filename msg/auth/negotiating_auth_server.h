// NegotiatingAuthServer: authenticates those who connect to a process by the methods and modes that
// its AuthPolicy allows, cephx or none. Of the modes it takes the peer's first that it allows, too.
//
// Threads: any. Ownership: what Options names is borrowed.
#ifndef SIPHON_MSG_AUTH_NEGOTIATING_AUTH_SERVER_H_
#define SIPHON_MSG_AUTH_NEGOTIATING_AUTH_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/random_source.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_policy.h"
#include "msg/auth/cephx/key_server.h"
#include "msg/auth/cephx/service_keys.h"
#include "msg/entity_type.h"

namespace siphon {

class NegotiatingAuthServer final : public AuthServer {
 public:
  struct Options {
    EntityType self = kEntityNone;
    // A daemon's, or (a monitor's) the KeyServer below; null: cephx is refused.
    cephx::ServiceKeys* keys = nullptr;
    cephx::KeyServer* key_server = nullptr;  // a monitor's
    // A monitor's, for clients of method none: a number that no client has or had.
    std::function<uint64_t()> new_global_id = nullptr;
    // Over v1 a peer may show nothing: to monitors, where it authenticates by messages, and on
    // heartbeats. It is then nobody: its identity is empty and allows nothing, unless the policy
    // takes method none.
    bool optional = false;
    Clock* clock = &Clock::Real();
    RandomSource* random = &RandomSource::Real();
  };
  NegotiatingAuthServer(const AuthPolicy& policy, Options options)
      : policy_(policy), options_(std::move(options)) {}

  std::unique_ptr<AuthServerExchange> NewExchange(EntityType peer_type,
                                                  ProtocolVersion version) override;

 private:
  const AuthPolicy policy_;
  const Options options_;
};

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_NEGOTIATING_AUTH_SERVER_H_
