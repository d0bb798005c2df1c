// PoolStat: the figures of one pool (Ceph's pool_stat_t, encoding version 7).
#ifndef SIPHON_SERVICES_RADOS_POOL_STAT_H_
#define SIPHON_SERVICES_RADOS_POOL_STAT_H_

#include <cstdint>

#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/store_statfs.h"

namespace siphon::rados {

struct PoolStat {
  ObjectStatSum sum;
  int64_t log_size = 0;
  int64_t ondisk_log_size = 0;
  int32_t up = 0;  // places of placement groups on OSDs
  int32_t acting = 0;
  StoreStatfs statfs;
  uint32_t num_stores = 0;  // that have told figures by pool

  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 7, 5);
    sum.EncodeCollection(e);
    e.I64(log_size);
    e.I64(ondisk_log_size);
    e.I32(up);
    e.I32(acting);
    statfs.Encode(e);
    e.U32(num_stores);
  }
  static PoolStat Decode(Decoder& d) {
    PoolStat s;
    Decoder::Versioned v(d, 7, "pool_stat_t");
    if (d.ok() && v.version() < 7) d.Fail("pool_stat_t is older than of Ceph 14");
    s.sum = ObjectStatSum::DecodeCollection(d);
    s.log_size = d.I64();
    s.ondisk_log_size = d.I64();
    s.up = d.I32();
    s.acting = d.I32();
    s.statfs = StoreStatfs::Decode(d);
    s.num_stores = d.U32();
    return s;
  }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_POOL_STAT_H_
