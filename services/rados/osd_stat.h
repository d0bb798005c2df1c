// OsdStat: how full and how busy one OSD is (Ceph's osd_stat_t, encoding version 14).
//
// Source: MPGStats of Ceph 16.2.15, observed. What follows the store's figures there (alerts, ping
// times) is left at nothing, and skipped in what others send.
#ifndef SIPHON_SERVICES_RADOS_OSD_STAT_H_
#define SIPHON_SERVICES_RADOS_OSD_STAT_H_

#include <cstdint>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/store_statfs.h"

namespace siphon::rados {

struct OsdStat {
  int64_t kb = 0;
  int64_t kb_used = 0;
  int64_t kb_avail = 0;
  uint32_t snap_trim_queue_len = 0;
  uint32_t num_snap_trimming = 0;
  std::vector<int32_t> hb_peers;
  uint32_t commit_latency_ms = 0;
  uint32_t apply_latency_ms = 0;
  uint32_t up_from = 0;
  uint64_t seq = 0;
  uint32_t num_pgs = 0;
  int64_t kb_used_data = 0;
  int64_t kb_used_omap = 0;
  int64_t kb_used_meta = 0;
  StoreStatfs statfs;

  void Encode(Encoder& e) const;
  static OsdStat Decode(Decoder& d);
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_STAT_H_
