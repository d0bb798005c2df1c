// ObjectLocator: what places an object besides its name: the pool, an optional key that is hashed
// in the name's stead, the namespace, or an explicit hash (Ceph's object_locator_t).
#ifndef SIPHON_SERVICES_RADOS_OBJECT_LOCATOR_H_
#define SIPHON_SERVICES_RADOS_OBJECT_LOCATOR_H_

#include <cstdint>
#include <string>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct ObjectLocator {
  static constexpr int64_t kNoHash = -1;

  int64_t pool = -1;
  std::string key;
  std::string nspace;
  int64_t hash = kNoHash;  // otherwise the position itself; key is empty then

  void Encode(Encoder& e) const {
    // Readers older than version 6 would place an explicit hash wrongly.
    Encoder::Versioned v(e, 6, hash == kNoHash ? 3 : 6);
    e.I64(pool);
    e.I32(-1);  // preferred OSD, long gone
    e.String(key);
    e.String(nspace);
    e.I64(hash);
  }
  static ObjectLocator Decode(Decoder& d) {
    ObjectLocator l;
    Decoder::Versioned v(d, 6, "object_locator_t");
    if (d.ok() && v.version() < 3) d.Fail("object_locator_t is older than version 3");
    l.pool = d.I64();
    d.Skip(4);
    l.key = d.String();
    if (v.version() >= 5) l.nspace = d.String();
    if (v.version() >= 6) l.hash = d.I64();
    return l;
  }

  friend bool operator==(const ObjectLocator&, const ObjectLocator&) = default;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OBJECT_LOCATOR_H_
