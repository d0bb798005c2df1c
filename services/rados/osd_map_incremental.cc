#include "services/rados/osd_map_incremental.h"

#include "absl/status/status.h"
#include "services/rados/container_codec.h"
#include "services/rados/map_checksum.h"
#include "services/rados/osd_map_codec.h"

namespace siphon::rados {

BufferList OsdMapIncremental::Encode() const {
  BufferList out;
  Encoder e(&out);
  char* crc_at = nullptr;
  size_t crc_offset = 0;
  {
    Encoder::Versioned v(e, 8, 7);
    EncodeClientPart(e);
    EncodeOsdPart(e);
    crc_offset = out.size();
    crc_at = out.AppendHole(4);
    e.U32(full_crc);
  }
  FillMapChecksum(out, crc_offset, crc_at);
  return out;
}

absl::StatusOr<OsdMapIncremental> OsdMapIncremental::Decode(const BufferList& bytes) {
  OsdMapIncremental inc;
  Decoder d(bytes);
  size_t crc_offset = 0;
  size_t end = 0;
  uint32_t crc = 0;
  bool has_crc = false;
  {
    Decoder::Versioned v(d, 8, "OSDMap::Incremental");
    if (d.ok() && v.version() < 7) d.Fail("incremental OSD map older than of Hammer");
    inc.DecodeClientPart(d);
    inc.DecodeOsdPart(d);
    has_crc = v.version() >= 8;
    if (has_crc) {
      crc_offset = d.offset();
      crc = d.U32();
      inc.full_crc = d.U32();
      end = d.offset() + d.remaining();
    }
  }
  if (!d.ok()) return d.status();
  if (has_crc) {
    const absl::Status status =
        CheckMapChecksum(bytes, crc_offset, end, crc, "incremental OSD map");
    if (!status.ok()) return status;
  }
  return inc;
}

void OsdMapIncremental::EncodeClientPart(Encoder& e) const {
  Encoder::Versioned v(e, 8, 1);
  fsid.Encode(e);
  e.U32(epoch);
  e.Time(modified);
  e.I64(new_pool_max);
  e.I32(new_flags);
  e.Blob(full_map);
  e.Blob(crush);
  e.I32(new_max_osd);
  EncodePools(e, new_pools);
  EncodePoolNames(e, new_pool_names);
  EncodeEach(e, old_pools, [&e](int64_t pool) { e.I64(pool); });
  EncodeAddrsByOsd(e, new_up_client);
  EncodeWordsByOsd(e, new_state);
  EncodeWordsByOsd(e, new_weight);
  EncodePgTemp(e, new_pg_temp);
  EncodePrimaryTemp(e, new_primary_temp);
  EncodeWordsByOsd(e, new_primary_affinity);
  EncodeStringMaps(e, new_erasure_code_profiles);
  EncodeEach(e, old_erasure_code_profiles, [&e](const std::string& name) { e.String(name); });
  EncodePgTemp(e, new_pg_upmap);
  EncodeEach(e, old_pg_upmap, [&e](const PgId& pg) { pg.Encode(e); });
  EncodeUpmapItems(e, new_pg_upmap_items);
  EncodeEach(e, old_pg_upmap_items, [&e](const PgId& pg) { pg.Encode(e); });
  EncodeSnapsByPool(e, new_removed_snaps);
  EncodeSnapsByPool(e, new_purged_snaps);
  e.Time(new_last_up_change);
  e.Time(new_last_in_change);
}

void OsdMapIncremental::DecodeClientPart(Decoder& d) {
  Decoder::Versioned v(d, 8, "OSDMap::Incremental (clients' part)");
  if (d.ok() && v.version() < 8) d.Fail("incremental OSD map older than of Nautilus");
  fsid = Uuid::Decode(d);
  epoch = d.U32();
  modified = d.Time();
  new_pool_max = d.I64();
  new_flags = d.I32();
  full_map = d.Blob();
  crush = d.Blob();
  new_max_osd = d.I32();
  new_pools = DecodePools(d);
  new_pool_names = DecodePoolNames(d);
  DecodeEach(d, 8, [&] { old_pools.insert(d.I64()); });
  new_up_client = DecodeAddrsByOsd(d);
  new_state = DecodeWordsByOsd(d);
  new_weight = DecodeWordsByOsd(d);
  new_pg_temp = DecodePgTemp(d);
  new_primary_temp = DecodePrimaryTemp(d);
  new_primary_affinity = DecodeWordsByOsd(d);
  new_erasure_code_profiles = DecodeStringMaps(d);
  DecodeEach(d, 4, [&] { old_erasure_code_profiles.push_back(d.String()); });
  new_pg_upmap = DecodePgTemp(d);
  DecodeEach(d, PgId::kEncodedSize, [&] { old_pg_upmap.insert(PgId::Decode(d)); });
  new_pg_upmap_items = DecodeUpmapItems(d);
  DecodeEach(d, PgId::kEncodedSize, [&] { old_pg_upmap_items.insert(PgId::Decode(d)); });
  new_removed_snaps = DecodeSnapsByPool(d);
  new_purged_snaps = DecodeSnapsByPool(d);
  new_last_up_change = d.Time();
  new_last_in_change = d.Time();
}

void OsdMapIncremental::EncodeOsdPart(Encoder& e) const {
  Encoder::Versioned v(e, 9, 1);
  EncodeAddrsByOsd(e, new_hb_back_up);
  EncodeWordsByOsd(e, new_up_thru);
  EncodeEach(e, new_last_clean_interval, [&e](const auto& item) {
    e.I32(item.first);
    e.U32(item.second.first);
    e.U32(item.second.second);
  });
  EncodeWordsByOsd(e, new_lost);
  EncodeBlocklist(e, new_blocklist);
  EncodeEach(e, old_blocklist, [&e](const EntityAddr& a) { a.Encode(e, kFeaturesPacific); });
  EncodeAddrsByOsd(e, new_up_cluster);
  e.String(cluster_snapshot);
  EncodeEach(e, new_uuid, [&e](const auto& item) {
    e.I32(item.first);
    item.second.Encode(e);
  });
  EncodeEach(e, new_xinfo, [&e](const auto& item) {
    e.I32(item.first);
    item.second.Encode(e);
  });
  EncodeAddrsByOsd(e, new_hb_front_up);
  e.U64(encode_features);
  e.F32(new_nearfull_ratio);
  e.F32(new_full_ratio);
  e.F32(new_backfillfull_ratio);
  e.U8(new_require_min_compat_client);
  e.U8(new_require_osd_release);
  EncodeWordsByOsd(e, new_crush_node_flags);
  EncodeWordsByOsd(e, new_device_class_flags);
}

void OsdMapIncremental::DecodeOsdPart(Decoder& d) {
  Decoder::Versioned v(d, 9, "OSDMap::Incremental (OSDs' part)");
  if (d.ok() && v.version() < 9) d.Fail("incremental OSD map older than of Nautilus");
  new_hb_back_up = DecodeAddrsByOsd(d);
  new_up_thru = DecodeWordsByOsd(d);
  DecodeEach(d, 12, [&] {
    const int32_t osd = d.I32();
    const uint32_t begin = d.U32();
    new_last_clean_interval[osd] = {begin, d.U32()};
  });
  new_lost = DecodeWordsByOsd(d);
  new_blocklist = DecodeBlocklist(d);
  DecodeEach(d, 3, [&] { old_blocklist.push_back(EntityAddr::Decode(d)); });
  new_up_cluster = DecodeAddrsByOsd(d);
  cluster_snapshot = d.String();
  DecodeEach(d, 20, [&] {
    const int32_t osd = d.I32();
    new_uuid[osd] = Uuid::Decode(d);
  });
  DecodeEach(d, 10, [&] {
    const int32_t osd = d.I32();
    new_xinfo[osd] = OsdXInfo::Decode(d);
  });
  new_hb_front_up = DecodeAddrsByOsd(d);
  encode_features = d.U64();
  new_nearfull_ratio = d.F32();
  new_full_ratio = d.F32();
  new_backfillfull_ratio = d.F32();
  new_require_min_compat_client = d.U8();
  new_require_osd_release = d.U8();
  new_crush_node_flags = DecodeWordsByOsd(d);
  new_device_class_flags = DecodeWordsByOsd(d);
}

}  // namespace siphon::rados
