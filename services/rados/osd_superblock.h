// OsdSuperblock: what an OSD knows of itself, as it tells the monitor when it boots (Ceph's
// OSDSuperblock, version 10).
#ifndef SIPHON_SERVICES_RADOS_OSD_SUPERBLOCK_H_
#define SIPHON_SERVICES_RADOS_OSD_SUPERBLOCK_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

// One set of on-disk features: their mask and names.
struct FeatureSet {
  uint64_t mask = 0;
  std::map<uint64_t, std::string> names;
};

struct OsdSuperblock {
  Uuid cluster_fsid;
  int32_t whoami = -1;
  uint32_t current_epoch = 0;
  uint32_t oldest_map = 0;
  uint32_t newest_map = 0;
  double weight = 0;
  FeatureSet compat;
  FeatureSet read_only_compat;
  FeatureSet incompat;
  uint32_t clean_thru = 0;
  uint32_t mounted = 0;
  Uuid osd_fsid;
  uint32_t last_epoch_mounted_clean = 0;
  uint32_t unused = 0;
  uint32_t purged_snaps_last = 0;
  absl::Time last_purged_snaps_scrub = absl::InfinitePast();
  uint32_t cluster_osdmap_trim_lower_bound = 0;

  void Encode(Encoder& e) const;
  static OsdSuperblock Decode(Decoder& d);
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_SUPERBLOCK_H_
