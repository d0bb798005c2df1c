#include "services/rados/object_stat_sum.h"

namespace siphon::rados {
namespace {

constexpr uint8_t kVersion = 20;
constexpr const char* kNames[] = {"num_bytes",
                                  "num_objects",
                                  "num_object_clones",
                                  "num_object_copies",
                                  "num_objects_missing_on_primary",
                                  "num_objects_degraded",
                                  "num_objects_unfound",
                                  "num_read",
                                  "num_read_kb",
                                  "num_write",
                                  "num_write_kb",
                                  "num_scrub_errors",
                                  "num_objects_recovered",
                                  "num_bytes_recovered",
                                  "num_keys_recovered",
                                  "num_shallow_scrub_errors",
                                  "num_deep_scrub_errors",
                                  "num_objects_dirty",
                                  "num_whiteouts",
                                  "num_objects_omap",
                                  "num_objects_hit_set_archive",
                                  "num_objects_misplaced",
                                  "num_bytes_hit_set_archive",
                                  "num_flush",
                                  "num_flush_kb",
                                  "num_evict",
                                  "num_evict_kb",
                                  "num_promote",
                                  "num_flush_mode_high",
                                  "num_flush_mode_low",
                                  "num_evict_mode_some",
                                  "num_evict_mode_full",
                                  "num_objects_pinned",
                                  "num_objects_missing",
                                  "num_legacy_snapsets",
                                  "num_large_omap_objects",
                                  "num_objects_manifest",
                                  "num_omap_bytes",
                                  "num_omap_keys",
                                  "num_objects_repaired"};
static_assert(sizeof(kNames) / sizeof(kNames[0]) == ObjectStatSum::kFieldCount);

constexpr bool IsNarrow(size_t field) {
  return field >= ObjectStatSum::kFlushModeHigh && field <= ObjectStatSum::kEvictModeFull;
}

}  // namespace

ObjectStatSum& ObjectStatSum::operator+=(const ObjectStatSum& other) {
  // Counters come from peers: they may wrap, but not overflow.
  for (size_t i = 0; i < kFieldCount; ++i)
    values[i] = static_cast<int64_t>(static_cast<uint64_t>(values[i]) +
                                     static_cast<uint64_t>(other.values[i]));
  return *this;
}

const char* ObjectStatSum::Name(Field field) { return kNames[field]; }

void ObjectStatSum::Encode(Encoder& e) const {
  Encoder::Versioned v(e, kVersion, 14);
  for (size_t i = 0; i < kFieldCount; ++i) {
    if (IsNarrow(i))
      e.I32(static_cast<int32_t>(values[i]));
    else
      e.I64(values[i]);
  }
}

ObjectStatSum ObjectStatSum::Decode(Decoder& d) {
  ObjectStatSum sum;
  Decoder::Versioned v(d, kVersion, "object_stat_sum_t");
  if (d.ok() && v.version() < kVersion) d.Fail("object_stat_sum_t is older than of Ceph 14");
  for (size_t i = 0; i < kFieldCount; ++i) sum.values[i] = IsNarrow(i) ? d.I32() : d.I64();
  return sum;
}

void ObjectStatSum::EncodeCollection(Encoder& e) const {
  Encoder::Versioned v(e, 2, 2);
  Encode(e);
  e.U32(0);  // sums by category, no longer kept
}

ObjectStatSum ObjectStatSum::DecodeCollection(Decoder& d) {
  Decoder::Versioned v(d, 2, "object_stat_collection_t");
  return Decode(d);
}

}  // namespace siphon::rados
