#include "msg/auth/secrets_equal.h"

#include <openssl/crypto.h>

namespace siphon {

bool SecretsEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool SecretsEqual(uint64_t a, uint64_t b) { return CRYPTO_memcmp(&a, &b, sizeof(a)) == 0; }

}  // namespace siphon
