// SnapContext: the snapshots that a write is to preserve: the newest one's id, and all existing
// ones, newest first (Ceph's SnapContext).
#ifndef SIPHON_SERVICES_RADOS_SNAP_CONTEXT_H_
#define SIPHON_SERVICES_RADOS_SNAP_CONTEXT_H_

#include <cstdint>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct SnapContext {
  uint64_t seq = 0;
  std::vector<uint64_t> snaps;

  // No snapshot is newer than `seq`, and they are in order.
  bool IsValid() const {
    uint64_t above = seq + 1;
    for (const uint64_t snap : snaps) {
      if (snap >= above) return false;
      above = snap;
    }
    return true;
  }

  void Encode(Encoder& e) const {
    e.U64(seq);
    e.U32(static_cast<uint32_t>(snaps.size()));
    for (const uint64_t snap : snaps) e.U64(snap);
  }
  static SnapContext Decode(Decoder& d) {
    SnapContext c;
    c.seq = d.U64();
    const uint32_t n = d.Count(8);
    c.snaps.reserve(n);
    for (uint32_t i = 0; i < n; ++i) c.snaps.push_back(d.U64());
    return c;
  }

  friend bool operator==(const SnapContext&, const SnapContext&) = default;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_SNAP_CONTEXT_H_
