// OsdInfo, OsdXInfo: the epochs and dates that an OSD map keeps of each OSD.
//
// Value types. Source: protocol section "OSDMap full" (osd_info_t, osd_xinfo_t).
#ifndef SIPHON_SERVICES_RADOS_OSD_INFO_H_
#define SIPHON_SERVICES_RADOS_OSD_INFO_H_

#include <cstdint>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

// Bits of an OSD's state in the map.
enum OsdState : uint32_t {
  kOsdExists = 1 << 0,
  kOsdUp = 1 << 1,
  kOsdAutoOut = 1 << 2,  // was marked out by the monitor, not by a person
  kOsdNew = 1 << 3,      // has never been in
  kOsdFull = 1 << 4,
  kOsdNearFull = 1 << 5,
  kOsdBackfillFull = 1 << 6,
  kOsdDestroyed = 1 << 7,
  kOsdNoUp = 1 << 8,
  kOsdNoDown = 1 << 9,
  kOsdNoIn = 1 << 10,
  kOsdNoOut = 1 << 11,
  kOsdStop = 1 << 12,
};

// All are epochs.
struct OsdInfo {
  uint32_t last_clean_begin = 0;
  uint32_t last_clean_end = 0;
  uint32_t up_from = 0;
  uint32_t up_thru = 0;
  uint32_t down_at = 0;
  uint32_t lost_at = 0;

  void Encode(Encoder& e) const;
  static OsdInfo Decode(Decoder& d);
  friend bool operator==(const OsdInfo&, const OsdInfo&) = default;
};

struct OsdXInfo {
  absl::Time down_stamp = absl::UnixEpoch();
  uint32_t laggy_probability = 0;  // of 0xffffffff
  uint32_t laggy_interval = 0;     // seconds
  uint64_t features = 0;
  uint32_t old_weight = 0;  // before it was marked out by the monitor
  absl::Time last_purged_snaps_scrub = absl::UnixEpoch();
  uint32_t dead_epoch = 0;

  void Encode(Encoder& e) const;
  static OsdXInfo Decode(Decoder& d);
  friend bool operator==(const OsdXInfo&, const OsdXInfo&) = default;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_INFO_H_
