// KeyServer: issues tickets, in a monitor: knows the secrets of entities (by its KeySource) and the
// rotating secrets of services, which it makes.
//
// The owner stores the secrets: it calls Rotate() from time to time (a quarter of the shortest life
// is enough), writes EncodeSecrets() to its store when that says so, and gives it back by
// DecodeSecrets() when it starts; tickets then outlive a restart.
//
// Threads: any. Ownership: what Options names is borrowed.
#ifndef SIPHON_MSG_AUTH_CEPHX_KEY_SERVER_H_
#define SIPHON_MSG_AUTH_CEPHX_KEY_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
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
#include "msg/auth/cephx/keyring.h"
#include "msg/auth/cephx/rotating_secrets.h"
#include "msg/auth/cephx/service_keys.h"
#include "msg/auth/cephx/ticket.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

// Where a KeyServer learns of entities. Threads: any.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // NotFound: there is no such entity.
  virtual absl::StatusOr<EntityAuth> FindEntity(const AuthName& name) = 0;
};

class KeyServer final : public ServiceKeys {
 public:
  struct Options {
    KeySource* source = nullptr;
    Clock* clock = &Clock::Real();
    RandomSource* random = &RandomSource::Real();
    // A number that no client has or had; 0 when there is none now.
    std::function<uint64_t()> new_global_id = nullptr;
    // Lives of tickets: auth_mon_ticket_ttl (of "auth") and auth_service_ticket_ttl.
    std::function<absl::Duration()> auth_ttl = [] { return absl::Hours(72); };
    std::function<absl::Duration()> service_ttl = [] { return absl::Hours(1); };
  };

  explicit KeyServer(Options options) : options_(std::move(options)) {}

  // Makes the rotating secrets that are due; true when there is something new to store.
  bool Rotate();
  // All rotating secrets. Holds keys: for the monitor's store alone.
  std::string EncodeSecrets() const;
  absl::Status DecodeSecrets(std::string_view bytes);

  // NotFound: no such entity.
  absl::StatusOr<EntityAuth> FindEntity(const AuthName& name) const {
    return options_.source->FindEntity(name);
  }
  // A ticket for `service` (kEntityAuth too). What it allows are the caps that `auth` has there.
  // NotFound: a service without secrets. Unavailable: none of them is valid now.
  absl::StatusOr<TicketGrant> Issue(EntityType service, const AuthName& name,
                                    const EntityAuth& auth, uint64_t global_id);
  // The tickets of the bits in `services`, kEntityAuth and those without secrets left out.
  std::vector<TicketGrant> IssueAll(uint32_t services, const AuthName& name, const EntityAuth& auth,
                                    uint64_t global_id);
  // What a daemon of type `service` gets to know. NotFound: not a service with secrets.
  absl::StatusOr<RotatingSecrets> SecretsOf(EntityType service) const;

  // With kOwnSecretId: the key of "mon.".
  absl::StatusOr<CryptoKey> FindServiceKey(EntityType service, uint64_t secret_id) override;

  // An answer to a request of a peer that is authenticated as `name`, over a connection of either
  // protocol: the payload of its MAuthReply and its result.
  struct Answer {
    int32_t result = 0;  // 0 or a negative errno
    std::string payload;
    std::string reason;  // of a refusal; holds no secret
  };
  Answer HandleRequest(const AuthName& name, std::string_view payload);

  absl::Time Now() const { return options_.clock->Now(); }
  RandomSource& random() const { return *options_.random; }
  uint64_t NewGlobalId() const { return options_.new_global_id(); }

 private:
  Answer HandleTickets(const AuthName& name, std::string_view payload);
  // Ceph's clients log in anew in their session when the ticket for "auth" is half through its
  // life, by the challenge of long ago. What proves them now is that ticket; and only who has the
  // key can read the answer.
  Answer HandleLogin(const AuthName& name, std::string_view payload);
  Answer HandleRotatingKeys(const AuthName& name);
  absl::Duration Ttl(EntityType service) const;

  const Options options_;
  mutable Mutex mutex_;
  std::map<EntityType, RotatingSecrets> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_KEY_SERVER_H_
