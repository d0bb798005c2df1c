// OsdMapIncremental: what changes between an OSD map and the next one (Ceph's OSDMap::Incremental).
//
// A value type: fill in what changes, and OsdMap::Apply() it. A member that is at its default
// changes nothing. Encode() of what Decode() read from Ceph 16.2 gives the same bytes back.
//
// Errors: Decode() returns InvalidArgument for bytes that are no incremental, DataLoss when the
// checksum does not match.
// Source: protocol section "Incremental".
#ifndef SIPHON_SERVICES_RADOS_OSD_MAP_INCREMENTAL_H_
#define SIPHON_SERVICES_RADOS_OSD_MAP_INCREMENTAL_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/features.h"
#include "services/rados/osd_info.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_pool.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class OsdMapIncremental {
 public:
  static constexpr uint8_t kNoRelease = 0xff;

  BufferList Encode() const;
  static absl::StatusOr<OsdMapIncremental> Decode(const BufferList& bytes);

  // Turns the up bit of an OSD over, or other bits of OsdState.
  void ToggleState(int32_t osd, uint32_t bits) { new_state[osd] ^= bits; }

  Uuid fsid;
  uint32_t epoch = 0;  // that it leads to
  absl::Time modified = absl::UnixEpoch();
  int64_t new_pool_max = -1;  // -1: as before
  int32_t new_flags = -1;     // -1: as before
  BufferList full_map;        // replaces everything, if not empty
  BufferList crush;           // encoded CrushMap, if not empty
  int32_t new_max_osd = -1;   // -1: as before
  std::map<int64_t, PgPool> new_pools;
  std::map<int64_t, std::string> new_pool_names;
  std::set<int64_t> old_pools;
  std::map<int32_t, EntityAddrVec> new_up_client;  // these OSDs come up
  std::map<int32_t, uint32_t> new_state;           // bits to turn over; 0: the up bit
  std::map<int32_t, uint32_t> new_weight;
  std::map<PgId, std::vector<int32_t>> new_pg_temp;  // an empty vector removes
  std::map<PgId, int32_t> new_primary_temp;          // -1 removes
  std::map<int32_t, uint32_t> new_primary_affinity;
  std::map<std::string, std::map<std::string, std::string>> new_erasure_code_profiles;
  std::vector<std::string> old_erasure_code_profiles;
  std::map<PgId, std::vector<int32_t>> new_pg_upmap;
  std::set<PgId> old_pg_upmap;
  std::map<PgId, std::vector<std::pair<int32_t, int32_t>>> new_pg_upmap_items;
  std::set<PgId> old_pg_upmap_items;
  std::map<int64_t, IntervalSet> new_removed_snaps;
  std::map<int64_t, IntervalSet> new_purged_snaps;
  absl::Time new_last_up_change = absl::UnixEpoch();  // the epoch: as before
  absl::Time new_last_in_change = absl::UnixEpoch();

  std::map<int32_t, EntityAddrVec> new_hb_back_up;
  std::map<int32_t, uint32_t> new_up_thru;
  std::map<int32_t, std::pair<uint32_t, uint32_t>> new_last_clean_interval;
  std::map<int32_t, uint32_t> new_lost;
  std::map<EntityAddr, absl::Time> new_blocklist;
  std::vector<EntityAddr> old_blocklist;
  std::map<int32_t, EntityAddrVec> new_up_cluster;
  std::string cluster_snapshot;
  std::map<int32_t, Uuid> new_uuid;
  std::map<int32_t, OsdXInfo> new_xinfo;
  std::map<int32_t, EntityAddrVec> new_hb_front_up;
  uint64_t encode_features = kFeaturesPacific;
  float new_nearfull_ratio = -1;  // -1: as before
  float new_full_ratio = -1;
  float new_backfillfull_ratio = -1;
  uint8_t new_require_min_compat_client = kNoRelease;
  uint8_t new_require_osd_release = kNoRelease;
  std::map<int32_t, uint32_t> new_crush_node_flags;  // 0 removes
  std::map<int32_t, uint32_t> new_device_class_flags;

  uint32_t full_crc = 0;  // the checksum of the map it leads to; 0: unknown

 private:
  void EncodeClientPart(Encoder& e) const;
  void EncodeOsdPart(Encoder& e) const;
  void DecodeClientPart(Decoder& d);
  void DecodeOsdPart(Decoder& d);
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_MAP_INCREMENTAL_H_
