// OsdMap: which OSDs and pools there are at one epoch, and where each placement group lives.
//
// A value type; copies share the CRUSH map. Encode() of what Decode() read from Ceph 16.2 gives the
// same bytes back, checksum included.
//
// Errors: Decode() returns InvalidArgument for bytes that are not an OSD map, and DataLoss when its
// checksum does not match. Vectors by OSD always have max_osd entries (primary_affinity: or none).
// Threads: one writer, or any readers.
// Source: protocol sections "OSDMap full" and "CRUSH and object mapping".
#ifndef SIPHON_SERVICES_RADOS_OSD_MAP_H_
#define SIPHON_SERVICES_RADOS_OSD_MAP_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "services/rados/crush_map.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map_incremental.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_pool.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class OsdMap {
 public:
  enum Flag : uint32_t {
    kNearFull = 1 << 0,
    kFull = 1 << 1,
    kPauseRead = 1 << 2,
    kPauseWrite = 1 << 3,
    kPauseRecovery = 1 << 4,
    kNoUp = 1 << 5,
    kNoDown = 1 << 6,
    kNoOut = 1 << 7,
    kNoIn = 1 << 8,
    kNoBackfill = 1 << 9,
    kNoRecover = 1 << 10,
    kNoScrub = 1 << 11,
    kNoDeepScrub = 1 << 12,
    kNoTierAgent = 1 << 13,
    kNoRebalance = 1 << 14,
    kSortBitwise = 1 << 15,
    kRecoveryDeletes = 1 << 19,
    kPurgedSnapDirs = 1 << 20,
    kNoSnapTrim = 1 << 21,
    kPgLogHardLimit = 1 << 22,
  };
  static constexpr uint32_t kFreshFlags =
      kSortBitwise | kRecoveryDeletes | kPurgedSnapDirs | kPgLogHardLimit;
  static constexpr uint8_t kReleaseLuminous = 12;
  static constexpr uint8_t kReleasePacific = 16;
  static constexpr uint32_t kWeightIn = 0x10000;  // an OSD that is fully in
  static constexpr uint32_t kDefaultAffinity = 0x10000;
  // More OSDs than this make a map that nothing here accepts: each costs a few hundred bytes.
  static constexpr int32_t kMaxOsds = 1 << 17;

  // Where one placement group lives. Erasure positions without an OSD are kCrushItemNone; a primary
  // of -1 means nobody.
  struct Placement {
    std::vector<int32_t> up;  // by CRUSH
    int32_t up_primary = -1;
    std::vector<int32_t> acting;  // `up`, unless a temporary one replaces it
    int32_t acting_primary = -1;
  };

  // `crc` gets the checksum that the bytes end with (an incremental's full_crc).
  BufferList Encode(uint32_t* crc = nullptr) const;
  static absl::StatusOr<OsdMap> Decode(const BufferList& bytes);
  // Turns this map into the next one. FailedPrecondition: not for this cluster or epoch.
  // InvalidArgument: it would make a map that Decode() refuses. DataLoss: the result does not have
  // the checksum that the incremental gives. After an error this map is as before.
  absl::Status Apply(const OsdMapIncremental& incremental);

  // --- OSDs. Every number is allowed; one that no OSD has does not exist.
  bool Exists(int32_t osd) const { return (State(osd) & kOsdExists) != 0; }
  bool IsUp(int32_t osd) const { return Exists(osd) && (State(osd) & kOsdUp) != 0; }
  bool IsDown(int32_t osd) const { return !IsUp(osd); }
  bool IsIn(int32_t osd) const { return Exists(osd) && Weight(osd) != 0; }
  bool IsOut(int32_t osd) const { return !IsIn(osd); }
  uint32_t State(int32_t osd) const { return InRange(osd) ? osd_state[osd] : 0; }
  uint32_t Weight(int32_t osd) const { return InRange(osd) ? osd_weight[osd] : 0; }
  // Where it serves clients, other OSDs, and heartbeats; empty for one that does not exist.
  EntityAddrVec ClientAddrs(int32_t osd) const { return Addrs(client_addrs, osd); }
  EntityAddrVec ClusterAddrs(int32_t osd) const { return Addrs(cluster_addrs, osd); }
  EntityAddrVec HeartbeatBackAddrs(int32_t osd) const { return Addrs(hb_back_addrs, osd); }
  EntityAddrVec HeartbeatFrontAddrs(int32_t osd) const { return Addrs(hb_front_addrs, osd); }
  bool HasFlag(Flag flag) const { return (flags & flag) != 0; }
  bool IsBlocklisted(const EntityAddr& addr) const;
  void SetMaxOsd(int32_t n);  // n in [0, kMaxOsds]

  // --- Pools. Null, or nothing, for one that does not exist.
  const PgPool* FindPool(int64_t pool) const;
  std::optional<int64_t> FindPoolByName(std::string_view name) const;

  // --- Placement. NotFound: no such pool.
  // The object's placement group with all 32 bits of its hash; the locator's key and namespace may
  // be empty.
  absl::StatusOr<PgId> ObjectToRawPg(int64_t pool, std::string_view name, std::string_view key = {},
                                     std::string_view nspace = {}) const;
  // The placement group that really exists.
  absl::StatusOr<PgId> RawPgToPg(const PgId& raw) const;
  absl::StatusOr<PgId> ObjectToPg(int64_t pool, std::string_view name, std::string_view key = {},
                                  std::string_view nspace = {}) const;
  // Empty for a placement group of no pool.
  Placement PgToUpActing(const PgId& pg) const;

  Uuid fsid;
  uint32_t epoch = 0;
  absl::Time created = absl::UnixEpoch();
  absl::Time modified = absl::UnixEpoch();
  std::map<int64_t, PgPool> pools;
  std::map<int64_t, std::string> pool_names;
  int32_t pool_max = 0;
  uint32_t flags = kFreshFlags;
  int32_t max_osd = 0;
  std::vector<uint32_t> osd_state;   // bits of OsdState
  std::vector<uint32_t> osd_weight;  // 16.16
  std::vector<EntityAddrVec> client_addrs;
  std::map<PgId, std::vector<int32_t>> pg_temp;
  std::map<PgId, int32_t> primary_temp;
  std::vector<uint32_t> primary_affinity;  // 16.16; empty: all are 1
  std::shared_ptr<const CrushMap> crush = std::make_shared<CrushMap>();
  std::map<std::string, std::map<std::string, std::string>> erasure_code_profiles;
  std::map<PgId, std::vector<int32_t>> pg_upmap;
  std::map<PgId, std::vector<std::pair<int32_t, int32_t>>> pg_upmap_items;
  int32_t crush_version = 1;
  std::map<int64_t, IntervalSet> new_removed_snaps;  // in this epoch
  std::map<int64_t, IntervalSet> new_purged_snaps;
  absl::Time last_up_change = absl::UnixEpoch();
  absl::Time last_in_change = absl::UnixEpoch();

  std::vector<EntityAddrVec> hb_back_addrs;
  std::vector<OsdInfo> osd_info;
  std::map<EntityAddr, absl::Time> blocklist;  // until when
  std::vector<EntityAddrVec> cluster_addrs;
  uint32_t cluster_snapshot_epoch = 0;
  std::string cluster_snapshot;
  std::vector<Uuid> osd_uuid;
  std::vector<OsdXInfo> osd_xinfo;
  std::vector<EntityAddrVec> hb_front_addrs;
  float nearfull_ratio = 0.85f;
  float full_ratio = 0.95f;
  float backfillfull_ratio = 0.90f;
  uint8_t require_min_compat_client = kReleaseLuminous;
  uint8_t require_osd_release = kReleasePacific;
  std::map<int64_t, IntervalSet> removed_snaps_queue;
  std::map<int32_t, uint32_t> crush_node_flags;
  std::map<int32_t, uint32_t> device_class_flags;

 private:
  bool InRange(int32_t osd) const { return osd >= 0 && osd < max_osd; }
  EntityAddrVec Addrs(const std::vector<EntityAddrVec>& addrs, int32_t osd) const {
    return Exists(osd) ? addrs[osd] : EntityAddrVec();
  }
  void EncodeClientPart(Encoder& e) const;
  void EncodeOsdPart(Encoder& e) const;
  void DecodeClientPart(Decoder& d);
  void DecodeOsdPart(Decoder& d);
  // Every vector by OSD has max_osd entries.
  absl::Status CheckSizes() const;

  void ApplyPools(const OsdMapIncremental& inc);
  void ApplyOsds(const OsdMapIncremental& inc);
  void ApplyStates(const OsdMapIncremental& inc);
  void ApplyPlacement(const OsdMapIncremental& inc);
  void ApplySettings(const OsdMapIncremental& inc);

  std::vector<int32_t> RawOf(const PgPool& pool, const PgId& pg, uint32_t seed) const;
  void ApplyUpmap(const PgPool& pool, const PgId& pg, std::vector<int32_t>& raw) const;
  std::vector<int32_t> UpOf(const PgPool& pool, const std::vector<int32_t>& raw) const;
  int32_t ApplyAffinity(uint32_t seed, const PgPool& pool, std::vector<int32_t>& up) const;
  void ApplyTemp(const PgPool& pool, const PgId& pg, Placement& placement) const;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_MAP_H_
