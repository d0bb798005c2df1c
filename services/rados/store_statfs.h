// StoreStatfs: how full a store is (Ceph's store_statfs_t). All are bytes.
#ifndef SIPHON_SERVICES_RADOS_STORE_STATFS_H_
#define SIPHON_SERVICES_RADOS_STORE_STATFS_H_

#include <cstdint>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct StoreStatfs {
  uint64_t total = 0;
  uint64_t available = 0;
  uint64_t internally_reserved = 0;
  int64_t allocated = 0;
  int64_t data_stored = 0;
  int64_t data_compressed = 0;
  int64_t data_compressed_allocated = 0;
  int64_t data_compressed_original = 0;
  int64_t omap_allocated = 0;
  int64_t internal_metadata = 0;

  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 1, 1);
    for (const uint64_t n : {total, available, internally_reserved}) e.U64(n);
    for (const int64_t n : {allocated, data_stored, data_compressed, data_compressed_allocated,
                            data_compressed_original, omap_allocated, internal_metadata})
      e.I64(n);
  }
  static StoreStatfs Decode(Decoder& d) {
    StoreStatfs s;
    Decoder::Versioned v(d, 1, "store_statfs_t");
    for (uint64_t* n : {&s.total, &s.available, &s.internally_reserved}) *n = d.U64();
    for (int64_t* n :
         {&s.allocated, &s.data_stored, &s.data_compressed, &s.data_compressed_allocated,
          &s.data_compressed_original, &s.omap_allocated, &s.internal_metadata})
      *n = d.I64();
    return s;
  }
  friend bool operator==(const StoreStatfs&, const StoreStatfs&) = default;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_STORE_STATFS_H_
