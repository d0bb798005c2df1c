// EVersion: the version of a change to a placement group: the map epoch it happened in, and a
// counter (Ceph's eversion_t). Text is "epoch'version".
#ifndef SIPHON_SERVICES_RADOS_EVERSION_H_
#define SIPHON_SERVICES_RADOS_EVERSION_H_

#include <compare>
#include <cstdint>
#include <string>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct EVersion {
  uint32_t epoch = 0;
  uint64_t version = 0;

  std::string ToString() const { return std::to_string(epoch) + "'" + std::to_string(version); }

  // The counter travels first, and is the lesser part of the order.
  void Encode(Encoder& e) const {
    e.U64(version);
    e.U32(epoch);
  }
  static EVersion Decode(Decoder& d) {
    EVersion v;
    v.version = d.U64();
    v.epoch = d.U32();
    return v;
  }

  friend auto operator<=>(const EVersion&, const EVersion&) = default;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_EVERSION_H_
