// The two ways in which a client of cephx authenticates a connection: to a monitor by its secret
// (v2), to a service by a ticket (both versions).
//
// They do not negotiate methods: a BadMethod is the end. NegotiatingAuthClient does.
//
// Threads: one exchange on one at a time. Ownership: `client` is borrowed.
#ifndef SIPHON_MSG_AUTH_CEPHX_CLIENT_EXCHANGES_H_
#define SIPHON_MSG_AUTH_CEPHX_CLIENT_EXCHANGES_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "msg/auth/auth_exchange.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

// `modes` are those to offer, preferred first; empty in v1.
std::unique_ptr<AuthClientExchange> NewMonClientExchange(CephxClient* client,
                                                         std::vector<uint32_t> modes);
std::unique_ptr<AuthClientExchange> NewServiceClientExchange(CephxClient* client,
                                                             EntityType service,
                                                             std::vector<uint32_t> modes);

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_CLIENT_EXCHANGES_H_
