// RotatingSecrets: the secrets of one service, of which the oldest goes when a new one comes. Three
// are kept: the previous one, whose tickets are still out, the current one, and the next, so that
// those who check tickets know it before the first ticket comes.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_AUTH_CEPHX_ROTATING_SECRETS_H_
#define SIPHON_MSG_AUTH_CEPHX_ROTATING_SECRETS_H_

#include <cstddef>
#include <cstdint>
#include <map>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "base/random_source.h"
#include "msg/auth/cephx/crypto_key.h"

namespace siphon::cephx {

struct RotatingSecrets {
  static constexpr size_t kKept = 3;
  struct Secret {
    CryptoKey key;
    absl::Time expires;
  };

  std::map<uint64_t, Secret> secrets;  // by id; ids only grow
  uint64_t newest = 0;                 // the highest id that ever was

  // Null: there are none.
  const std::pair<const uint64_t, Secret>* Current() const;
  const Secret* Find(uint64_t id) const;
  // Fills up to kKept, and replaces what is over at `now`; each new secret lives `ttl` longer than
  // the one before. True when something changed.
  bool Rotate(absl::Time now, absl::Duration ttl, RandomSource& random);

  // u8 1, map of u64 to {u8 1, key, utime}, u64 newest (Ceph 16.2). Holds the keys.
  void Encode(Encoder& e) const;
  static RotatingSecrets Decode(Decoder& d);
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_ROTATING_SECRETS_H_
