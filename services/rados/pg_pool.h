// PgPool: the settings of one pool (Ceph's pg_pool_t, encoding version 29).
//
// A value type; Encode() of what Decode() read from Ceph 16.2 gives the same bytes back.
// Errors: Decode() fails the Decoder on encodings older than Nautilus.
// Source: protocol section "pg_pool_t".
#ifndef SIPHON_SERVICES_RADOS_PG_POOL_H_
#define SIPHON_SERVICES_RADOS_PG_POOL_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/interval_set.h"
#include "services/rados/pg_id.h"

namespace siphon::rados {

struct PoolSnapInfo {
  uint64_t id = 0;
  absl::Time stamp = absl::UnixEpoch();
  std::string name;

  void Encode(Encoder& e) const;
  static PoolSnapInfo Decode(Decoder& d);
};

// What is known of the last halving of a pool's placement groups.
struct PgMergeMeta {
  PgId source_pg;
  uint32_t ready_epoch = 0;
  uint32_t last_epoch_started = 0;
  uint32_t last_epoch_clean = 0;
  uint64_t source_version = 0;
  uint32_t source_epoch = 0;
  uint64_t target_version = 0;
  uint32_t target_epoch = 0;

  void Encode(Encoder& e) const;
  static PgMergeMeta Decode(Decoder& d);
};

struct PgPool {
  enum Type : uint8_t { kReplicated = 1, kErasure = 3 };
  static constexpr uint8_t kObjectHashRjenkins = 2;
  enum Flag : uint64_t {
    kHashPsPool = 1 << 0,  // placement groups of different pools are spread independently
    kFull = 1 << 1,
    kEcOverwrites = 1 << 2,
    kNoDelete = 1 << 4,
    kNoPgChange = 1 << 5,
    kNoSizeChange = 1 << 6,
    kWriteFadviseDontNeed = 1 << 7,
    kNoScrub = 1 << 8,
    kNoDeepScrub = 1 << 9,
    kFullQuota = 1 << 10,
    kNearFull = 1 << 11,
    kBackfillFull = 1 << 12,
    kSelfManagedSnaps = 1 << 13,
    kPoolSnaps = 1 << 14,
    kCreating = 1 << 15,
    kBulk = 1 << 17,  // expected to become large
  };

  uint8_t type = kReplicated;
  uint8_t size = 1;
  uint8_t crush_rule = 0;
  uint8_t object_hash = kObjectHashRjenkins;
  uint32_t pg_num = 0;
  uint32_t pgp_num = 0;
  uint32_t last_change = 0;  // epoch
  uint64_t snap_seq = 0;
  uint32_t snap_epoch = 0;
  std::map<uint64_t, PoolSnapInfo> snaps;
  IntervalSet removed_snaps;
  uint64_t auid = 0;
  uint64_t flags = kHashPsPool;
  uint8_t min_size = 1;
  uint64_t quota_bytes = 0;  // 0: none
  uint64_t quota_objects = 0;
  std::set<uint64_t> tiers;
  int64_t tier_of = -1;
  uint8_t cache_mode = 0;
  int64_t read_tier = -1;
  int64_t write_tier = -1;
  std::map<std::string, std::string> properties;
  std::string hit_set_params;  // encoded as it came; empty: none
  uint32_t hit_set_period = 0;
  uint32_t hit_set_count = 0;
  uint32_t stripe_width = 0;
  uint64_t target_max_bytes = 0;
  uint64_t target_max_objects = 0;
  uint32_t cache_target_dirty_ratio_micro = 400000;
  uint32_t cache_target_full_ratio_micro = 800000;
  uint32_t cache_min_flush_age = 0;
  uint32_t cache_min_evict_age = 0;
  std::string erasure_code_profile;
  uint32_t last_force_op_resend_preluminous = 0;
  uint32_t min_read_recency_for_promote = 0;
  uint64_t expected_num_objects = 0;
  uint32_t cache_target_dirty_high_ratio_micro = 600000;
  uint32_t min_write_recency_for_promote = 0;
  bool use_gmt_hitset = true;
  bool fast_read = false;
  uint32_t hit_set_grade_decay_rate = 0;
  uint32_t hit_set_search_last_n = 0;
  std::map<int32_t, std::variant<std::string, int64_t, double>> options;
  uint32_t last_force_op_resend_prenautilus = 0;
  // Application -> key -> value.
  std::map<std::string, std::map<std::string, std::string>> applications;
  absl::Time create_time = absl::UnixEpoch();
  uint32_t pg_num_target = 0;
  uint32_t pgp_num_target = 0;
  uint32_t pg_num_pending = 0;
  uint32_t last_force_op_resend = 0;
  uint8_t pg_autoscale_mode = 0;  // 0 off, 1 warn, 2 on
  PgMergeMeta last_pg_merge;

  void Encode(Encoder& e) const;
  static PgPool Decode(Decoder& d);

  bool is_replicated() const { return type == kReplicated; }
  bool is_erasure() const { return type == kErasure; }
  bool HasFlag(Flag flag) const { return (flags & flag) != 0; }
  // Sets pg_num and all that goes with it.
  void SetPgNum(uint32_t n);
  // The placement group of a raw 32-bit hash.
  uint32_t PgOfHash(uint32_t hash) const;
  // What a placement group gives CRUSH to place it by.
  uint32_t PlacementSeed(uint64_t pool_id, uint32_t ps) const;

 private:
  void EncodeTiering(Encoder& e) const;
  void EncodeTail(Encoder& e) const;
  void DecodeTiering(Decoder& d);
  void DecodeTail(Decoder& d);
};

// Reduces `x` to [0, n) so that few inputs move when n grows.
uint32_t StableMod(uint32_t x, uint32_t n);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_PG_POOL_H_
