// NegotiatingAuthClient: authenticates a process's connections by the methods that its AuthPolicy
// allows, cephx or none: by the first that it has the means for, and when the server refuses that,
// by the next that both take.
//
// Over v1 there is no negotiation: to services it shows a ticket once it has one, and else, if the
// policy allows none, its name.
//
// Threads: any. Ownership: `cephx` is borrowed; null: this process has no key.
#ifndef SIPHON_MSG_AUTH_NEGOTIATING_AUTH_CLIENT_H_
#define SIPHON_MSG_AUTH_NEGOTIATING_AUTH_CLIENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/auth_none.h"
#include "msg/auth/auth_policy.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/entity_type.h"

namespace siphon {

class NegotiatingAuthClient final : public AuthClient {
 public:
  NegotiatingAuthClient(const AuthPolicy& policy, const AuthName& name, cephx::CephxClient* cephx)
      : policy_(policy), none_(name.type, name.id), cephx_(cephx) {}

  // Why there is no key for cephx, to say when that would have been needed. Before the first
  // exchange.
  void set_no_key(std::string why) { no_key_ = std::move(why); }

  // The number that the monitors gave; shown by method none. cephx knows its own.
  void set_global_id(uint64_t global_id) { none_.set_global_id(global_id); }
  // That number: as it was set, or as a monitor said over v2.
  uint64_t global_id() const { return none_.global_id(); }

  std::unique_ptr<AuthClientExchange> NewExchange(EntityType peer_type,
                                                  ProtocolVersion version) override;

 private:
  const AuthPolicy policy_;
  AuthNoneClient none_;
  cephx::CephxClient* const cephx_;
  std::string no_key_;
};

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_NEGOTIATING_AUTH_CLIENT_H_
