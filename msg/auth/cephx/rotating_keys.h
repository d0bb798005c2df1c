// RotatingKeys: what a daemon knows of the rotating secrets of its own service. It fetches them
// from the monitors (CephxClient::RotatingKeysRequest) and checks tickets with them.
//
// Threads: any.
#ifndef SIPHON_MSG_AUTH_CEPHX_ROTATING_KEYS_H_
#define SIPHON_MSG_AUTH_CEPHX_ROTATING_KEYS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "msg/auth/cephx/rotating_secrets.h"
#include "msg/auth/cephx/service_keys.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

class RotatingKeys final : public ServiceKeys {
 public:
  // `service` is the daemon's own type.
  explicit RotatingKeys(EntityType service) : service_(service) {}

  // Takes over what a monitor sent. One that is older than what is known changes nothing.
  void Set(RotatingSecrets secrets);
  // True when there are none, or the current one is over at `now`: time to ask a monitor.
  bool NeedFetch(absl::Time now) const;

  absl::StatusOr<CryptoKey> FindServiceKey(EntityType service, uint64_t secret_id) override;

 private:
  const EntityType service_;
  mutable Mutex mutex_;
  RotatingSecrets secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_ROTATING_KEYS_H_
