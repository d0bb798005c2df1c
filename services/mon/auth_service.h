// AuthService: lets clients and daemons in, by methods none and cephx, and gives them their
// numbers, tickets and capabilities. Which methods, the options auth_*_required say.
//
// Over v2 peers authenticate in the handshake, by server(). Over v1 they do it by MAuth messages: a
// Conversation for each connection. In open sessions of either kind MAuth asks for tickets and
// rotating keys.
//
// Threads: a Conversation on one at a time; the rest from any.
#ifndef SIPHON_SERVICES_MON_AUTH_SERVICE_H_
#define SIPHON_SERVICES_MON_AUTH_SERVICE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/random_source.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/auth_policy.h"
#include "msg/auth/cephx/key_server.h"
#include "msg/auth/cephx/mon_login.h"
#include "msg/auth/negotiating_auth_server.h"
#include "services/common/caps/mon_caps.h"
#include "services/mon/state/auth_monitor.h"
#include "services/mon/state/global_ids.h"
#include "services/mon/state/mon_store.h"
#include "services/rados/messages/auth.h"
#include "services/rados/messages/auth_reply.h"

namespace siphon::mon {

class AuthService {
 public:
  struct Options {
    MonStore* store = nullptr;  // all are borrowed
    Config* config = nullptr;
    Clock* clock = nullptr;
    RandomSource* random = nullptr;
  };

  // Who was let in.
  struct Identity {
    AuthName name;
    uint64_t global_id = 0;
    MonCaps caps;
    // The capabilities that are not understood; for the log.
    std::string bad_caps;
  };

  // Of one connection.
  class Conversation {
   public:
    // Nothing before it authenticated.
    const std::optional<Identity>& identity() const { return identity_; }

   private:
    friend class AuthService;
    std::unique_ptr<cephx::MonLogin> login_;
    std::optional<Identity> identity_;
  };

  explicit AuthService(const Options& options);

  // Reads the store; gives a new cluster its keys (AuthMonitor::Begin).
  absl::Status Load();
  // Makes the rotating secrets that are due, and stores them. Call it now and then.
  absl::Status Tick();

  AuthMonitor& entities() { return entities_; }
  // Of the monitor's messenger.
  AuthServer* server() { return &server_; }

  // The peer authenticated in the handshake; false when it did not.
  bool Adopt(const PeerIdentity& peer, Conversation* conversation);
  // Answers one step.
  std::unique_ptr<rados::MAuthReply> Handle(const rados::MAuth& request,
                                            Conversation* conversation);

 private:
  // Of a client that has not chosen a method yet.
  void Greet(const rados::MAuth& request, Conversation* conversation, rados::MAuthReply* reply);
  void AcceptNone(const AuthName& name, uint64_t claimed_id, Conversation* conversation,
                  rados::MAuthReply* reply);
  absl::Status Store();

  const Options options_;
  GlobalIds global_ids_;
  AuthMonitor entities_;
  cephx::KeyServer keys_;
  AuthPolicy policy_;
  NegotiatingAuthServer server_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_AUTH_SERVICE_H_
