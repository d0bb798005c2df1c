// SimAuthClient, SimAuthServer: an authentication for simulations, which believes everybody and
// gives both sides the same fresh secrets, so that v2 connections are signed and, if asked for,
// encrypted.
//
// Threads: one (a simulation's).
#ifndef SIPHON_TESTING_SIM_SIM_AUTH_H_
#define SIPHON_TESTING_SIM_SIM_AUTH_H_

#include <memory>

#include "base/random_source.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_type.h"

namespace siphon {

class SimAuthClient final : public AuthClient {
 public:
  explicit SimAuthClient(ConMode mode) : mode_(mode) {}
  std::unique_ptr<AuthClientExchange> NewExchange(EntityType peer_type,
                                                  ProtocolVersion version) override;

 private:
  const ConMode mode_;
};

class SimAuthServer final : public AuthServer {
 public:
  // `random` makes the secrets, and is borrowed.
  explicit SimAuthServer(RandomSource* random) : random_(random) {}
  std::unique_ptr<AuthServerExchange> NewExchange(EntityType peer_type,
                                                  ProtocolVersion version) override;

 private:
  RandomSource* const random_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_AUTH_H_
