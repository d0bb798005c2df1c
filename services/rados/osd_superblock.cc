#include "services/rados/osd_superblock.h"

namespace siphon::rados {
namespace {

void EncodeFeatures(Encoder& e, const FeatureSet& f) {
  e.U64(f.mask);
  e.U32(static_cast<uint32_t>(f.names.size()));
  for (const auto& [bit, name] : f.names) {
    e.U64(bit);
    e.String(name);
  }
}

FeatureSet DecodeFeatures(Decoder& d) {
  FeatureSet f;
  f.mask = d.U64();
  const uint32_t n = d.Count(12);
  for (uint32_t i = 0; i < n; ++i) {
    const uint64_t bit = d.U64();
    f.names[bit] = d.String();
  }
  return f;
}

}  // namespace

void OsdSuperblock::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 10, 5);
  cluster_fsid.Encode(e);
  e.I32(whoami);
  e.U32(current_epoch);
  e.U32(oldest_map);
  e.U32(newest_map);
  e.F64(weight);
  EncodeFeatures(e, compat);
  EncodeFeatures(e, read_only_compat);
  EncodeFeatures(e, incompat);
  e.U32(clean_thru);
  e.U32(mounted);
  osd_fsid.Encode(e);
  e.U32(last_epoch_mounted_clean);
  e.U32(unused);
  e.U32(purged_snaps_last);
  e.Time(last_purged_snaps_scrub);
  e.U32(cluster_osdmap_trim_lower_bound);
}

OsdSuperblock OsdSuperblock::Decode(Decoder& d) {
  OsdSuperblock s;
  Decoder::Versioned v(d, 10, "OSDSuperblock");
  if (d.ok() && v.version() < 8) d.Fail("OSDSuperblock is older than version 8 (Ceph 12)");
  s.cluster_fsid = Uuid::Decode(d);
  s.whoami = d.I32();
  s.current_epoch = d.U32();
  s.oldest_map = d.U32();
  s.newest_map = d.U32();
  s.weight = d.F64();
  s.compat = DecodeFeatures(d);
  s.read_only_compat = DecodeFeatures(d);
  s.incompat = DecodeFeatures(d);
  s.clean_thru = d.U32();
  s.mounted = d.U32();
  s.osd_fsid = Uuid::Decode(d);
  s.last_epoch_mounted_clean = d.U32();
  s.unused = d.U32();
  if (v.version() >= 9) {
    s.purged_snaps_last = d.U32();
    s.last_purged_snaps_scrub = d.Time();
  }
  if (v.version() >= 10) s.cluster_osdmap_trim_lower_bound = d.U32();
  return s;
}

}  // namespace siphon::rados
