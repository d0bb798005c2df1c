#include "msg/auth/cephx/rotating_keys.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon::cephx {

void RotatingKeys::Set(RotatingSecrets secrets) {
  MutexLock lock(mutex_);
  if (secrets.newest >= secrets_.newest) std::swap(secrets_, secrets);
}

bool RotatingKeys::NeedFetch(absl::Time now) const {
  MutexLock lock(mutex_);
  return secrets_.Current() == nullptr || secrets_.Current()->second.expires <= now;
}

absl::StatusOr<CryptoKey> RotatingKeys::FindServiceKey(EntityType service, uint64_t secret_id) {
  if (service != service_) {
    return absl::NotFoundError(absl::StrCat("it is for a service of type ",
                                            AbslView(EntityTypeName(service)), ", and this is ",
                                            AbslView(EntityTypeName(service_))));
  }
  MutexLock lock(mutex_);
  if (secrets_.secrets.empty()) {
    return absl::NotFoundError("this daemon has no rotating keys from the monitors yet");
  }
  const RotatingSecrets::Secret* secret = secrets_.Find(secret_id);
  if (secret == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("its rotating key ", secret_id, " is not kept here, but ",
                     secrets_.secrets.begin()->first, " to ", secrets_.secrets.rbegin()->first));
  }
  return secret->key;
}

}  // namespace siphon::cephx
