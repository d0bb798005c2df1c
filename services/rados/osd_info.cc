#include "services/rados/osd_info.h"

namespace siphon::rados {

void OsdInfo::Encode(Encoder& e) const {
  e.U8(1);
  e.U32(last_clean_begin);
  e.U32(last_clean_end);
  e.U32(up_from);
  e.U32(up_thru);
  e.U32(down_at);
  e.U32(lost_at);
}

OsdInfo OsdInfo::Decode(Decoder& d) {
  OsdInfo info;
  const uint8_t version = d.U8();
  if (d.ok() && version != 1) d.Fail("osd_info_t is not of version 1");
  info.last_clean_begin = d.U32();
  info.last_clean_end = d.U32();
  info.up_from = d.U32();
  info.up_thru = d.U32();
  info.down_at = d.U32();
  info.lost_at = d.U32();
  return info;
}

void OsdXInfo::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 4, 1);
  e.Time(down_stamp);
  e.U32(laggy_probability);
  e.U32(laggy_interval);
  e.U64(features);
  e.U32(old_weight);
  e.Time(last_purged_snaps_scrub);
  e.U32(dead_epoch);
}

OsdXInfo OsdXInfo::Decode(Decoder& d) {
  OsdXInfo info;
  Decoder::Versioned v(d, 4, "osd_xinfo_t");
  info.down_stamp = d.Time();
  info.laggy_probability = d.U32();
  info.laggy_interval = d.U32();
  if (v.version() >= 2) info.features = d.U64();
  if (v.version() >= 3) info.old_weight = d.U32();
  if (v.version() >= 4) {
    info.last_purged_snaps_scrub = d.Time();
    info.dead_epoch = d.U32();
  }
  return info;
}

}  // namespace siphon::rados
