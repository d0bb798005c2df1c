// The two ways in which a server of cephx authenticates a connection: a monitor by the peer's
// secret (v2), a daemon by the peer's ticket and, but for old peers over v1, a challenge.
//
// They do not negotiate methods or modes: NegotiatingAuthServer does, and passes its choice on.
// Refusals are kBadMethod with EACCES.
//
// Threads: one exchange on one at a time. Ownership: what they are made with is borrowed.
#ifndef SIPHON_MSG_AUTH_CEPHX_SERVER_EXCHANGES_H_
#define SIPHON_MSG_AUTH_CEPHX_SERVER_EXCHANGES_H_

#include <memory>

#include "base/clock.h"
#include "base/random_source.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/cephx/key_server.h"
#include "msg/auth/cephx/service_keys.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

std::unique_ptr<AuthServerExchange> NewMonServerExchange(KeyServer* server, ConMode mode);

struct ServiceExchangeOptions {
  ServiceKeys* keys = nullptr;
  EntityType service = kEntityNone;  // this daemon's type: tickets of others are refused
  // Only for peers that cannot answer one: without it whoever recorded an authorizer can show it
  // again until its ticket expires, but not use the connection if messages are signed.
  bool challenge = true;
  Clock* clock = &Clock::Real();
  RandomSource* random = &RandomSource::Real();
};
// `mode` is kUnknown in v1.
std::unique_ptr<AuthServerExchange> NewServiceServerExchange(const ServiceExchangeOptions& options,
                                                             ConMode mode);

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_SERVER_EXCHANGES_H_
