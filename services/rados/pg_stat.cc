#include "services/rados/pg_stat.h"

#include "absl/strings/str_cat.h"
#include "services/rados/container_codec.h"

namespace siphon::rados {
namespace {

constexpr uint8_t kVersion = 26;

struct StateName {
  uint64_t bit;
  const char* name;
};
// In the order in which Ceph prints them.
constexpr StateName kStates[] = {
    {PgStat::kStale, "stale"},
    {PgStat::kCreating, "creating"},
    {PgStat::kActive, "active"},
    {1 << 27, "activating"},
    {PgStat::kClean, "clean"},
    {1 << 26, "recovery_wait"},
    {1u << 30, "recovery_toofull"},
    {1 << 14, "recovering"},
    {PgStat::kDown, "down"},
    {1u << 31, "recovery_unfound"},
    {PgStat::kUndersized, "undersized"},
    {PgStat::kDegraded, "degraded"},
    {PgStat::kRemapped, "remapped"},
    {1 << 9, "scrubbing"},
    {PgStat::kPeering, "peering"},
    {PgStat::kSnapTrim, "snaptrim"},
};

void EncodeOsds(Encoder& e, const std::vector<int32_t>& osds) {
  EncodeEach(e, osds, [&e](int32_t osd) { e.I32(osd); });
}

std::vector<int32_t> DecodeOsds(Decoder& d) {
  std::vector<int32_t> osds;
  DecodeEach(d, 4, [&] { osds.push_back(d.I32()); });
  return osds;
}

}  // namespace

std::string PgStateText(uint64_t state) {
  std::string text;
  for (const StateName& known : kStates)
    if ((state & known.bit) != 0) absl::StrAppend(&text, text.empty() ? "" : "+", known.name);
  return text.empty() ? "unknown" : text;
}

void PgStat::Encode(Encoder& e) const {
  Encoder::Versioned v(e, kVersion, 22);
  version.Encode(e);
  e.U64(reported_seq);
  e.U32(reported_epoch);
  e.U32(static_cast<uint32_t>(state));
  log_start.Encode(e);
  ondisk_log_start.Encode(e);
  e.U32(created);
  e.U32(last_epoch_clean);
  parent.Encode(e);
  e.U32(parent_split_bits);
  last_scrub.Encode(e);
  e.Time(last_scrub_stamp);
  sum.EncodeCollection(e);
  e.I64(log_size);
  e.I64(ondisk_log_size);
  EncodeOsds(e, up);
  EncodeOsds(e, acting);
  for (const absl::Time t : {last_fresh, last_change, last_active, last_clean, last_unstale})
    e.Time(t);
  e.U32(mapping_epoch);
  last_deep_scrub.Encode(e);
  e.Time(last_deep_scrub_stamp);
  e.Bool(stats_invalid);
  e.Time(last_clean_scrub_stamp);
  e.Time(last_became_active);
  e.Bool(false);  // what is counted wrongly: dirty objects
  e.I32(up_primary);
  e.I32(acting_primary);
  e.Bool(false);  // omap
  e.Bool(false);  // hit sets
  EncodeOsds(e, blocked_by);
  e.Time(last_undegraded);
  e.Time(last_fullsized);
  e.Bool(false);  // bytes of hit sets
  e.Time(last_peered);
  e.Time(last_became_peered);
  e.Bool(false);  // pins
  e.U32(snaptrimq_len);
  e.U32(static_cast<uint32_t>(state >> 32));
  EncodeIntervalSet(e, purged_snaps);
  e.Bool(false);  // manifests
  e.U32(0);       // shards that miss nothing
  e.U32(0);       // where objects are
}

PgStat PgStat::Decode(Decoder& d) {
  PgStat s;
  Decoder::Versioned v(d, kVersion, "pg_stat_t");
  if (d.ok() && v.version() < kVersion) d.Fail("pg_stat_t is older than of Ceph 16");
  s.version = EVersion::Decode(d);
  s.reported_seq = d.U64();
  s.reported_epoch = d.U32();
  s.state = d.U32();
  s.log_start = EVersion::Decode(d);
  s.ondisk_log_start = EVersion::Decode(d);
  s.created = d.U32();
  s.last_epoch_clean = d.U32();
  s.parent = PgId::Decode(d);
  s.parent_split_bits = d.U32();
  s.last_scrub = EVersion::Decode(d);
  s.last_scrub_stamp = d.Time();
  s.sum = ObjectStatSum::DecodeCollection(d);
  s.log_size = d.I64();
  s.ondisk_log_size = d.I64();
  s.up = DecodeOsds(d);
  s.acting = DecodeOsds(d);
  for (absl::Time* t :
       {&s.last_fresh, &s.last_change, &s.last_active, &s.last_clean, &s.last_unstale})
    *t = d.Time();
  s.mapping_epoch = d.U32();
  s.last_deep_scrub = EVersion::Decode(d);
  s.last_deep_scrub_stamp = d.Time();
  s.stats_invalid = d.Bool();
  s.last_clean_scrub_stamp = d.Time();
  s.last_became_active = d.Time();
  d.Skip(1);
  s.up_primary = d.I32();
  s.acting_primary = d.I32();
  d.Skip(2);
  s.blocked_by = DecodeOsds(d);
  s.last_undegraded = d.Time();
  s.last_fullsized = d.Time();
  d.Skip(1);
  s.last_peered = d.Time();
  s.last_became_peered = d.Time();
  d.Skip(1);
  s.snaptrimq_len = d.U32();
  s.state |= static_cast<uint64_t>(d.U32()) << 32;
  s.purged_snaps = DecodeIntervalSet(d);
  return s;
}

}  // namespace siphon::rados
