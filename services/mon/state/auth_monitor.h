// AuthMonitor: who there is, with which key and which capabilities. Kept in the monitor's store, an
// entry an entity; every change is one durable batch.
//
// The entity "mon." holds the monitors' own key; it is not among entities().
//
// Threads: any: connections that authenticate ask, on their workers. Errors name entities, never
// keys.
#ifndef SIPHON_SERVICES_MON_STATE_AUTH_MONITOR_H_
#define SIPHON_SERVICES_MON_STATE_AUTH_MONITOR_H_

#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/key_server.h"
#include "msg/auth/cephx/keyring.h"
#include "services/mon/state/mon_store.h"

namespace siphon::mon {

class AuthMonitor final : public cephx::KeySource {
 public:
  using Entries = std::map<AuthName, cephx::EntityAuth>;

  // All are borrowed.
  AuthMonitor(MonStore* store, Clock* clock, RandomSource* random)
      : store_(store), clock_(clock), random_(random) {}

  // DataLoss: an entry of the store is damaged.
  absl::Status Load();
  // Gives a new cluster the keys that it needs: those of the keyrings `paths` (the option keyring),
  // and of mon., client.admin and the bootstrap clients where they are missing. If none of the
  // files is there, or it is empty, the first is written with client.admin's key (0600).
  // Does nothing for a cluster that has its keys.
  absl::Status Begin(const std::string& paths);

  // NotFound: there is no such entity.
  absl::StatusOr<cephx::EntityAuth> FindEntity(const AuthName& name) override;
  Entries entities() const;

  // Adds, or replaces.
  absl::Status Put(const Entries& entries);
  // False: it was not there.
  absl::StatusOr<bool> Erase(const AuthName& name);
  cephx::CryptoKey NewKey();

 private:
  MonStore* const store_;
  Clock* const clock_;
  RandomSource* const random_;
  mutable Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_AUTH_MONITOR_H_
