// HObject: an object's whole name within a cluster, and its place in the order of listings (Ceph's
// hobject_t).
//
// Order: all but the greatest by pool, then the hash with its bits reversed (so that a split of a
// placement group leaves each half in one run), namespace, key (or name, without a key), name, and
// snapshot.
#ifndef SIPHON_SERVICES_RADOS_HOBJECT_H_
#define SIPHON_SERVICES_RADOS_HOBJECT_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

// Snapshot ids with a meaning.
inline constexpr uint64_t kSnapHead = static_cast<uint64_t>(-2);  // the live object (NOSNAP)
inline constexpr uint64_t kSnapDir = static_cast<uint64_t>(-1);

// The 32 bits of `v` in reverse order.
constexpr uint32_t ReverseBits(uint32_t v) {
  v = (v & 0xaaaaaaaau) >> 1 | (v & 0x55555555u) << 1;
  v = (v & 0xccccccccu) >> 2 | (v & 0x33333333u) << 2;
  v = (v & 0xf0f0f0f0u) >> 4 | (v & 0x0f0f0f0fu) << 4;
  return __builtin_bswap32(v);
}

struct HObject {
  static constexpr int64_t kMinPool = std::numeric_limits<int64_t>::min();

  std::string key;  // locator key; empty when it is the name
  std::string oid;
  uint64_t snap = 0;
  uint32_t hash = 0;
  bool max = false;  // greater than every object
  std::string nspace;
  int64_t pool = kMinPool;

  // Before every object (also the default).
  static HObject Min() { return HObject(); }
  static HObject Max() {
    HObject o;
    o.max = true;
    return o;
  }
  bool is_min() const { return !max && pool == kMinPool; }

  const std::string& effective_key() const { return key.empty() ? oid : key; }
  uint32_t reversed_hash() const { return ReverseBits(hash); }

  std::string ToString() const;

  void Encode(Encoder& e) const;
  static HObject Decode(Decoder& d);

  friend std::strong_ordering operator<=>(const HObject& a, const HObject& b);
  friend bool operator==(const HObject& a, const HObject& b) { return (a <=> b) == 0; }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_HOBJECT_H_
