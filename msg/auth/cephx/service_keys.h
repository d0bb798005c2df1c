// ServiceKeys: the secrets with which tickets of services are sealed, as whoever checks tickets
// knows them: a daemon by RotatingKeys, a monitor by its KeyServer.
//
// Threads: any.
#ifndef SIPHON_MSG_AUTH_CEPHX_SERVICE_KEYS_H_
#define SIPHON_MSG_AUTH_CEPHX_SERVICE_KEYS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

class ServiceKeys {
 public:
  virtual ~ServiceKeys() = default;
  // NotFound: not a secret of `service` that is kept (any more, or yet).
  virtual absl::StatusOr<CryptoKey> FindServiceKey(EntityType service, uint64_t secret_id) = 0;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_SERVICE_KEYS_H_
