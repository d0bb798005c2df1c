#include "services/rados/pg_pool.h"

#include <bit>
#include <string_view>

#include "services/rados/container_codec.h"
#include "services/rados/crush_hash.h"

namespace siphon::rados {
namespace {

constexpr uint8_t kVersion = 29;
constexpr uint8_t kCompat = 5;
constexpr uint32_t kMaxPgNum = 1u << 31;
// A versioned structure that holds the type 0, "none".
constexpr std::string_view kNoHitSet("\x01\x01\x01\x00\x00\x00\x00", 7);

// A versioned structure as it stands.
std::string DecodeVerbatim(Decoder& d) {
  const std::string_view rest = d.Rest();
  d.Skip(2);
  const uint32_t length = d.U32();
  d.Skip(length);
  return d.ok() ? std::string(rest.substr(0, 6 + static_cast<size_t>(length))) : std::string();
}

using Options = decltype(PgPool::options);

void EncodeOptions(Encoder& e, const Options& options) {
  Encoder::Versioned v(e, 2, 1);
  EncodeEach(e, options, [&e](const auto& option) {
    e.I32(option.first);
    e.I32(static_cast<int32_t>(option.second.index()));
    if (const auto* text = std::get_if<std::string>(&option.second)) e.String(*text);
    if (const auto* number = std::get_if<int64_t>(&option.second)) e.I64(*number);
    if (const auto* real = std::get_if<double>(&option.second)) e.F64(*real);
  });
}

Options DecodeOptions(Decoder& d) {
  Options options;
  Decoder::Versioned v(d, 2, "pool_opts_t");
  DecodeEach(d, 12, [&] {
    const int32_t key = d.I32();
    switch (d.I32()) {
      case 0:
        options[key] = d.String();
        break;
      case 1:
        options[key] = v.version() < 2 ? int64_t{d.I32()} : d.I64();
        break;
      case 2:
        options[key] = d.F64();
        break;
      default:
        d.Fail("pool option of an unknown type");
    }
  });
  return options;
}

uint32_t Mask(uint32_t n) { return n <= 1 ? 0 : std::bit_ceil(n) - 1; }

}  // namespace

uint32_t StableMod(uint32_t x, uint32_t n) {
  const uint32_t mask = Mask(n);
  return (x & mask) < n ? x & mask : x & (mask >> 1);
}

void PoolSnapInfo::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 2, 2);
  e.U64(id);
  e.Time(stamp);
  e.String(name);
}

PoolSnapInfo PoolSnapInfo::Decode(Decoder& d) {
  PoolSnapInfo info;
  Decoder::Versioned v(d, 2, "pool_snap_info_t");
  info.id = d.U64();
  info.stamp = d.Time();
  info.name = d.String();
  return info;
}

void PgMergeMeta::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 1, 1);
  source_pg.Encode(e);
  e.U32(ready_epoch);
  e.U32(last_epoch_started);
  e.U32(last_epoch_clean);
  e.U64(source_version);
  e.U32(source_epoch);
  e.U64(target_version);
  e.U32(target_epoch);
}

PgMergeMeta PgMergeMeta::Decode(Decoder& d) {
  PgMergeMeta meta;
  Decoder::Versioned v(d, 1, "pg_merge_meta_t");
  meta.source_pg = PgId::Decode(d);
  meta.ready_epoch = d.U32();
  meta.last_epoch_started = d.U32();
  meta.last_epoch_clean = d.U32();
  meta.source_version = d.U64();
  meta.source_epoch = d.U32();
  meta.target_version = d.U64();
  meta.target_epoch = d.U32();
  return meta;
}

void PgPool::SetPgNum(uint32_t n) {
  pg_num = pgp_num = n;
  pg_num_target = pgp_num_target = pg_num_pending = n;
}

uint32_t PgPool::PgOfHash(uint32_t hash) const { return StableMod(hash, pg_num); }

uint32_t PgPool::PlacementSeed(uint64_t pool_id, uint32_t ps) const {
  const uint32_t reduced = StableMod(ps, pgp_num);
  const uint32_t pool = static_cast<uint32_t>(pool_id);
  return HasFlag(kHashPsPool) ? CrushHash2(reduced, pool) : reduced + pool;
}

void PgPool::Encode(Encoder& e) const {
  Encoder::Versioned v(e, kVersion, kCompat);
  e.U8(type);
  e.U8(size);
  e.U8(crush_rule);
  e.U8(object_hash);
  e.U32(pg_num);
  e.U32(pgp_num);
  e.U32(0);  // localized placement groups, long gone
  e.U32(0);
  e.U32(last_change);
  e.U64(snap_seq);
  e.U32(snap_epoch);
  EncodeEach(e, snaps, [&e](const auto& snap) {
    e.U64(snap.first);
    snap.second.Encode(e);
  });
  EncodeIntervalSet(e, removed_snaps);
  e.U64(auid);
  e.U64(flags);
  e.U32(0);  // crash_replay_interval, gone
  e.U8(min_size);
  e.U64(quota_bytes);
  e.U64(quota_objects);
  EncodeTiering(e);
  EncodeTail(e);
}

void PgPool::EncodeTiering(Encoder& e) const {
  EncodeEach(e, tiers, [&e](uint64_t tier) { e.U64(tier); });
  e.I64(tier_of);
  e.U8(cache_mode);
  e.I64(read_tier);
  e.I64(write_tier);
  EncodeStringMap(e, properties);
  e.Raw(hit_set_params.empty() ? kNoHitSet : std::string_view(hit_set_params));
  e.U32(hit_set_period);
  e.U32(hit_set_count);
  e.U32(stripe_width);
  e.U64(target_max_bytes);
  e.U64(target_max_objects);
  e.U32(cache_target_dirty_ratio_micro);
  e.U32(cache_target_full_ratio_micro);
  e.U32(cache_min_flush_age);
  e.U32(cache_min_evict_age);
}

void PgPool::EncodeTail(Encoder& e) const {
  e.String(erasure_code_profile);
  e.U32(last_force_op_resend_preluminous);
  e.U32(min_read_recency_for_promote);
  e.U64(expected_num_objects);
  e.U32(cache_target_dirty_high_ratio_micro);
  e.U32(min_write_recency_for_promote);
  e.Bool(use_gmt_hitset);
  e.Bool(fast_read);
  e.U32(hit_set_grade_decay_rate);
  e.U32(hit_set_search_last_n);
  EncodeOptions(e, options);
  e.U32(last_force_op_resend_prenautilus);
  EncodeStringMaps(e, applications);
  e.Time(create_time);
  e.U32(pg_num_target);
  e.U32(pgp_num_target);
  e.U32(pg_num_pending);
  e.U32(0);  // epochs of pg merges in Nautilus's development
  e.U32(0);
  e.U32(last_force_op_resend);
  e.U8(pg_autoscale_mode);
  last_pg_merge.Encode(e);
}

PgPool PgPool::Decode(Decoder& d) {
  PgPool p;
  Decoder::Versioned v(d, kVersion, "pg_pool_t");
  if (d.ok() && v.version() < kVersion) d.Fail("pg_pool_t older than of Nautilus");
  p.type = d.U8();
  p.size = d.U8();
  p.crush_rule = d.U8();
  p.object_hash = d.U8();
  p.pg_num = d.U32();
  p.pgp_num = d.U32();
  d.Skip(8);
  p.last_change = d.U32();
  p.snap_seq = d.U64();
  p.snap_epoch = d.U32();
  DecodeEach(d, 8 + 6 + 20, [&] {
    const uint64_t id = d.U64();
    p.snaps[id] = PoolSnapInfo::Decode(d);
  });
  p.removed_snaps = DecodeIntervalSet(d);
  p.auid = d.U64();
  p.flags = d.U64();
  d.Skip(4);
  p.min_size = d.U8();
  p.quota_bytes = d.U64();
  p.quota_objects = d.U64();
  p.DecodeTiering(d);
  p.DecodeTail(d);
  if (d.ok() && (p.pg_num == 0 || p.pg_num > kMaxPgNum || p.pgp_num == 0 || p.pgp_num > p.pg_num))
    d.Fail("pool with an impossible number of placement groups");
  return p;
}

void PgPool::DecodeTiering(Decoder& d) {
  DecodeEach(d, 8, [&] { tiers.insert(d.U64()); });
  tier_of = d.I64();
  cache_mode = d.U8();
  read_tier = d.I64();
  write_tier = d.I64();
  properties = DecodeStringMap(d);
  hit_set_params = DecodeVerbatim(d);
  hit_set_period = d.U32();
  hit_set_count = d.U32();
  stripe_width = d.U32();
  target_max_bytes = d.U64();
  target_max_objects = d.U64();
  cache_target_dirty_ratio_micro = d.U32();
  cache_target_full_ratio_micro = d.U32();
  cache_min_flush_age = d.U32();
  cache_min_evict_age = d.U32();
}

void PgPool::DecodeTail(Decoder& d) {
  erasure_code_profile = d.String();
  last_force_op_resend_preluminous = d.U32();
  min_read_recency_for_promote = d.U32();
  expected_num_objects = d.U64();
  cache_target_dirty_high_ratio_micro = d.U32();
  min_write_recency_for_promote = d.U32();
  use_gmt_hitset = d.Bool();
  fast_read = d.Bool();
  hit_set_grade_decay_rate = d.U32();
  hit_set_search_last_n = d.U32();
  options = DecodeOptions(d);
  last_force_op_resend_prenautilus = d.U32();
  applications = DecodeStringMaps(d);
  create_time = d.Time();
  pg_num_target = d.U32();
  pgp_num_target = d.U32();
  pg_num_pending = d.U32();
  d.Skip(8);
  last_force_op_resend = d.U32();
  pg_autoscale_mode = d.U8();
  last_pg_merge = PgMergeMeta::Decode(d);
}

}  // namespace siphon::rados
