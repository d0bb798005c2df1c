// CephxClient: an entity with a secret: its tickets, and what it says to get and to show them.
//
// To a monitor it authenticates by a ClientLogin, in v2's frames or v1's MAuth messages. In an open
// session it renews tickets, and daemons fetch rotating keys, by MAuth messages with the payloads
// made here; every answer goes to OnReply(). To services it shows tickets by authorizers.
//
// A ticket is due for renewal at half of its life. The one for "auth" comes only with a new login:
// when NeedsLogin() says so, open a new session with a monitor.
//
// Threads: any. Ownership: the clock, the random source and the keys are borrowed.
#ifndef SIPHON_MSG_AUTH_CEPHX_CEPHX_CLIENT_H_
#define SIPHON_MSG_AUTH_CEPHX_CEPHX_CLIENT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/auth/cephx/rotating_keys.h"
#include "msg/auth/cephx/ticket.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

class CephxClient {
 public:
  struct Options {
    AuthName name;
    CryptoKey secret;
    // Services whose tickets it wants.
    uint32_t services = kEntityMon | kEntityOsd | kEntityMgr;
    RotatingKeys* rotating_keys = nullptr;  // of a daemon: filled by OnReply()
    Clock* clock = &Clock::Real();
    RandomSource* random = &RandomSource::Real();
  };
  explicit CephxClient(Options options) : options_(std::move(options)) {}

  const AuthName& name() const { return options_.name; }
  const CryptoKey& secret() const { return options_.secret; }
  RandomSource& random() const { return *options_.random; }
  uint32_t services() const { return options_.services; }
  // 0 before a monitor gave one.
  uint64_t global_id() const;

  // --- In an open session with a monitor; look every ten seconds or so.
  // Services whose tickets are missing or past half of their lives; 0: none.
  uint32_t DueTickets() const;
  // The ticket for "auth" is missing, or past half of its life.
  bool NeedsLogin() const;
  // Asks for DueTickets(). FailedPrecondition: not logged in.
  absl::StatusOr<std::string> TicketsRequest() const;
  // Asks for the rotating keys of this daemon's service.
  std::string RotatingKeysRequest() const;
  // Takes the answer to either. PermissionDenied: the monitor refuses, or is not the one that
  // knows our secret.
  absl::Status OnReply(std::string_view payload);

  // --- To a service.
  struct ServiceTicket {
    uint64_t global_id = 0;
    CryptoKey session_key;
    TicketBlob blob;
  };
  // Unavailable: there is none (yet), or it is over; a monitor gives one.
  absl::StatusOr<ServiceTicket> TicketFor(EntityType service) const;

  // --- For ClientLogin.
  // The ticket for "auth", valid or not; proves that global_id() is ours.
  std::optional<ServiceTicket> OldAuthTicket() const;
  // A login succeeded.
  void SetSession(uint64_t global_id, std::vector<TicketGrant> grants);

 private:
  struct Ticket {
    CryptoKey session_key;
    TicketBlob blob;
    absl::Time renew_after;
    absl::Time expires;
  };
  void Take(std::vector<TicketGrant> grants) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  uint64_t global_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<EntityType, Ticket> tickets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_CEPHX_CLIENT_H_
