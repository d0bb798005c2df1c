// MonLogin: how one peer authenticates to a monitor by cephx, the monitor's side. The same in v2's
// frames (MonServerExchange) and in v1's MAuth messages:
//
//   Greeting      -> Start()      a challenge
//   Authenticate  -> OnRequest()  the ticket for "auth", in v2 the connection's secret, and others
//
// After that the same object, or KeyServer::HandleRequest(), answers requests for more tickets and
// for rotating keys.
//
// Threads: one at a time. Ownership: `server` is borrowed.
#ifndef SIPHON_MSG_AUTH_CEPHX_MON_LOGIN_H_
#define SIPHON_MSG_AUTH_CEPHX_MON_LOGIN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/key_server.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {

class MonLogin {
 public:
  // `mode` is that of the connection: kUnknown in v1.
  MonLogin(KeyServer* server, ConMode mode) : server_(server), mode_(mode) {}

  struct Answer {
    int32_t result = 0;   // 0 or a negative errno
    std::string payload;  // of AUTH_REPLY_MORE or AUTH_DONE, or of an MAuthReply
    std::string reason;   // of a refusal, for the log; holds no secret
  };

  // Whether the entity exists is never told.
  Answer Start(const Greeting& greeting);
  // One Authenticate request, until one is accepted; then all other requests.
  Answer OnRequest(std::string_view payload);

  bool authenticated() const { return identity_ != nullptr; }
  // Its number, once authenticated: what it had, if it can prove that, else a new one. Before, what
  // it claims, or else a new one: in v1 the first MAuthReply carries it. 0: there was none to give.
  uint64_t global_id();
  // Null, or empty, before it is authenticated. `caps` are those on the monitor.
  const std::shared_ptr<const PeerIdentity>& identity() const { return identity_; }
  const AuthSecrets& secrets() const { return secrets_; }

 private:
  Answer Authenticate(std::string_view payload);
  // May the peer keep its number? The session key of the ticket that proves it goes to `old_key`.
  bool Reclaims(const TicketBlob& old_ticket, CryptoKey* old_key) const;
  std::string Grant(const AuthenticateRequest& request, const EntityAuth& auth,
                    const TicketGrant& grant, const CryptoKey& old_key);

  KeyServer* const server_;
  const ConMode mode_;
  AuthName name_;
  uint64_t claimed_global_id_ = 0;
  uint64_t global_id_ = 0;
  uint64_t challenge_ = 0;  // 0: none was made, or it was used
  AuthSecrets secrets_;
  std::shared_ptr<const PeerIdentity> identity_;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_MON_LOGIN_H_
