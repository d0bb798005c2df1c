#include "msg/auth/cephx/rotating_secrets.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace siphon::cephx {
namespace {

// More than a monitor ever keeps of one service.
constexpr uint32_t kMaxSecrets = 16;

}  // namespace

const std::pair<const uint64_t, RotatingSecrets::Secret>* RotatingSecrets::Current() const {
  if (secrets.empty()) return nullptr;
  return &*(secrets.size() > 1 ? std::prev(secrets.end(), 2) : secrets.begin());
}

const RotatingSecrets::Secret* RotatingSecrets::Find(uint64_t id) const {
  const auto it = secrets.find(id);
  return it == secrets.end() ? nullptr : &it->second;
}

bool RotatingSecrets::Rotate(absl::Time now, absl::Duration ttl, RandomSource& random) {
  bool changed = false;
  // After a long sleep all are over: as many new ones as are kept suffice.
  for (size_t made = 0; made < kKept; ++made) {
    if (secrets.size() >= kKept && Current()->second.expires > now) break;
    const absl::Time newest_expires = secrets.empty() ? now : secrets.rbegin()->second.expires;
    const absl::Time after = secrets.empty() ? now : std::max(now + ttl, newest_expires);
    secrets[++newest] = Secret{CryptoKey::Generate(now, random), after + ttl};
    while (secrets.size() > kKept) secrets.erase(secrets.begin());
    changed = true;
  }
  return changed;
}

void RotatingSecrets::Encode(Encoder& e) const {
  e.U8(1);
  e.U32(static_cast<uint32_t>(secrets.size()));
  for (const auto& [id, secret] : secrets) {
    e.U64(id);
    e.U8(1);
    secret.key.Encode(e);
    e.Time(secret.expires);
  }
  e.U64(newest);
}

RotatingSecrets RotatingSecrets::Decode(Decoder& d) {
  RotatingSecrets decoded;
  const uint8_t version = d.U8();
  if (d.ok() && version == 0) d.Fail("rotating keys of an unknown version");
  const uint32_t n = d.Count(29);
  if (n > kMaxSecrets) d.Fail("too many rotating keys");
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    const uint64_t id = d.U64();
    d.U8();
    Secret secret;
    secret.key = CryptoKey::Decode(d);
    secret.expires = d.Time();
    if (d.ok() && secret.key.empty()) d.Fail("an empty rotating key");
    decoded.secrets[id] = std::move(secret);
  }
  decoded.newest = d.U64();
  if (!d.ok()) decoded.secrets.clear();
  return decoded;
}

}  // namespace siphon::cephx
