// RandomBytes: secrets of some length from a RandomSource.
#ifndef SIPHON_MSG_AUTH_CEPHX_RANDOM_BYTES_H_
#define SIPHON_MSG_AUTH_CEPHX_RANDOM_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/random_source.h"

namespace siphon::cephx {

// What a connection in secure mode is encrypted with: a key and two nonces, and room (Ceph 16.2).
inline constexpr size_t kConnectionSecretBytes = 64;

inline std::string RandomBytes(size_t n, RandomSource& random) {
  std::string bytes;
  bytes.reserve(n + 7);
  while (bytes.size() < n) {
    const uint64_t bits = random.Next();
    bytes.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
  }
  bytes.resize(n);
  return bytes;
}

// A challenge: not 0, and not one whose successor is.
inline uint64_t RandomChallenge(RandomSource& random) {
  uint64_t challenge = 0;
  while (challenge == 0 || challenge == ~uint64_t{0}) challenge = random.Next();
  return challenge;
}

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_RANDOM_BYTES_H_
