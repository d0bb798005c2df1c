#include "services/rados/osd_map.h"

#include "absl/strings/str_cat.h"
#include "services/rados/container_codec.h"
#include "services/rados/map_checksum.h"
#include "services/rados/osd_map_codec.h"

namespace siphon::rados {
namespace {

void EncodeAddrVectors(Encoder& e, const std::vector<EntityAddrVec>& addrs) {
  EncodeEach(e, addrs, [&e](const EntityAddrVec& a) { a.Encode(e, kFeaturesPacific); });
}

std::vector<EntityAddrVec> DecodeAddrVectors(Decoder& d) {
  std::vector<EntityAddrVec> addrs;
  DecodeEach(d, 1, [&] { addrs.push_back(EntityAddrVec::Decode(d)); });
  return addrs;
}

void EncodeWords(Encoder& e, const std::vector<uint32_t>& words) {
  EncodeEach(e, words, [&e](uint32_t word) { e.U32(word); });
}

std::vector<uint32_t> DecodeWords(Decoder& d) {
  std::vector<uint32_t> words;
  DecodeEach(d, 4, [&] { words.push_back(d.U32()); });
  return words;
}

}  // namespace

BufferList OsdMap::Encode(uint32_t* crc) const {
  BufferList out;
  Encoder e(&out);
  char* crc_at = nullptr;
  {
    Encoder::Versioned v(e, 8, 7);
    EncodeClientPart(e);
    EncodeOsdPart(e);
    crc_at = out.AppendHole(4);
  }
  const uint32_t checksum = FillMapChecksum(out, out.size() - 4, crc_at);
  if (crc) *crc = checksum;
  return out;
}

absl::StatusOr<OsdMap> OsdMap::Decode(const BufferList& bytes) {
  OsdMap map;
  Decoder d(bytes);
  size_t crc_offset = 0;
  size_t end = 0;
  uint32_t crc = 0;
  bool has_crc = false;
  {
    Decoder::Versioned v(d, 8, "OSDMap");
    if (d.ok() && v.version() < 7) d.Fail("OSD map older than of Hammer");
    map.DecodeClientPart(d);
    map.DecodeOsdPart(d);
    has_crc = v.version() >= 8;
    if (has_crc) {
      crc_offset = d.offset();
      crc = d.U32();
      end = d.offset() + d.remaining();
    }
  }
  if (!d.ok()) return d.status();
  absl::Status status;
  if (has_crc) status = CheckMapChecksum(bytes, crc_offset, end, crc, "OSD map");
  if (status.ok()) status = map.CheckSizes();
  if (!status.ok()) return status;
  return map;
}

void OsdMap::EncodeClientPart(Encoder& e) const {
  Encoder::Versioned v(e, 9, 1);
  fsid.Encode(e);
  e.U32(epoch);
  e.Time(created);
  e.Time(modified);
  EncodePools(e, pools);
  EncodePoolNames(e, pool_names);
  e.I32(pool_max);
  e.U32(flags);
  e.I32(max_osd);
  EncodeWords(e, osd_state);
  EncodeWords(e, osd_weight);
  EncodeAddrVectors(e, client_addrs);
  EncodePgTemp(e, pg_temp);
  EncodePrimaryTemp(e, primary_temp);
  EncodeWords(e, primary_affinity);
  BufferList crush_bytes;
  Encoder crush_encoder(&crush_bytes);
  crush->Encode(crush_encoder);
  e.Blob(crush_bytes);
  EncodeStringMaps(e, erasure_code_profiles);
  EncodePgTemp(e, pg_upmap);
  EncodeUpmapItems(e, pg_upmap_items);
  e.I32(crush_version);
  EncodeSnapsByPool(e, new_removed_snaps);
  EncodeSnapsByPool(e, new_purged_snaps);
  e.Time(last_up_change);
  e.Time(last_in_change);
}

void OsdMap::DecodeClientPart(Decoder& d) {
  Decoder::Versioned v(d, 9, "OSDMap (clients' part)");
  if (d.ok() && v.version() < 9) d.Fail("OSD map older than of Nautilus");
  fsid = Uuid::Decode(d);
  epoch = d.U32();
  created = d.Time();
  modified = d.Time();
  pools = DecodePools(d);
  pool_names = DecodePoolNames(d);
  pool_max = d.I32();
  flags = d.U32();
  max_osd = d.I32();
  osd_state = DecodeWords(d);
  osd_weight = DecodeWords(d);
  client_addrs = DecodeAddrVectors(d);
  pg_temp = DecodePgTemp(d);
  primary_temp = DecodePrimaryTemp(d);
  primary_affinity = DecodeWords(d);
  const std::string_view crush_bytes = d.StringView();
  if (d.ok()) {
    Decoder crush_decoder(crush_bytes);
    crush = std::make_shared<CrushMap>(CrushMap::Decode(crush_decoder));
    if (!crush_decoder.ok()) {
      const absl::string_view why = crush_decoder.status().message();
      d.Fail(std::string_view(why.data(), why.size()));
    }
  }
  erasure_code_profiles = DecodeStringMaps(d);
  pg_upmap = DecodePgTemp(d);
  pg_upmap_items = DecodeUpmapItems(d);
  crush_version = d.I32();
  new_removed_snaps = DecodeSnapsByPool(d);
  new_purged_snaps = DecodeSnapsByPool(d);
  last_up_change = d.Time();
  last_in_change = d.Time();
}

void OsdMap::EncodeOsdPart(Encoder& e) const {
  Encoder::Versioned v(e, 9, 1);
  EncodeAddrVectors(e, hb_back_addrs);
  EncodeEach(e, osd_info, [&e](const OsdInfo& info) { info.Encode(e); });
  EncodeBlocklist(e, blocklist);
  EncodeAddrVectors(e, cluster_addrs);
  e.U32(cluster_snapshot_epoch);
  e.String(cluster_snapshot);
  EncodeEach(e, osd_uuid, [&e](const Uuid& uuid) { uuid.Encode(e); });
  EncodeEach(e, osd_xinfo, [&e](const OsdXInfo& info) { info.Encode(e); });
  EncodeAddrVectors(e, hb_front_addrs);
  e.F32(nearfull_ratio);
  e.F32(full_ratio);
  e.F32(backfillfull_ratio);
  e.U8(require_min_compat_client);
  e.U8(require_osd_release);
  EncodeSnapsByPool(e, removed_snaps_queue);
  EncodeWordsByOsd(e, crush_node_flags);
  EncodeWordsByOsd(e, device_class_flags);
}

void OsdMap::DecodeOsdPart(Decoder& d) {
  Decoder::Versioned v(d, 9, "OSDMap (OSDs' part)");
  if (d.ok() && v.version() < 9) d.Fail("OSD map older than of Nautilus");
  hb_back_addrs = DecodeAddrVectors(d);
  DecodeEach(d, 25, [&] { osd_info.push_back(OsdInfo::Decode(d)); });
  blocklist = DecodeBlocklist(d);
  cluster_addrs = DecodeAddrVectors(d);
  cluster_snapshot_epoch = d.U32();
  cluster_snapshot = d.String();
  DecodeEach(d, 16, [&] { osd_uuid.push_back(Uuid::Decode(d)); });
  DecodeEach(d, 6, [&] { osd_xinfo.push_back(OsdXInfo::Decode(d)); });
  hb_front_addrs = DecodeAddrVectors(d);
  nearfull_ratio = d.F32();
  full_ratio = d.F32();
  backfillfull_ratio = d.F32();
  require_min_compat_client = d.U8();
  require_osd_release = d.U8();
  removed_snaps_queue = DecodeSnapsByPool(d);
  crush_node_flags = DecodeWordsByOsd(d);
  device_class_flags = DecodeWordsByOsd(d);
}

absl::Status OsdMap::CheckSizes() const {
  if (max_osd < 0 || max_osd > kMaxOsds)
    return absl::InvalidArgumentError(absl::StrCat("OSD map of epoch ", epoch, ": max_osd is ",
                                                   max_osd, "; at most ", kMaxOsds,
                                                   " OSDs are supported"));
  const size_t n = static_cast<size_t>(max_osd);
  for (const size_t size :
       {osd_state.size(), osd_weight.size(), client_addrs.size(), hb_back_addrs.size(),
        osd_info.size(), cluster_addrs.size(), osd_uuid.size(), osd_xinfo.size(),
        hb_front_addrs.size(), primary_affinity.empty() ? n : primary_affinity.size()})
    if (size != n)
      return absl::InvalidArgumentError(absl::StrCat("OSD map of epoch ", epoch,
                                                     ": a list by OSD has ", size,
                                                     " entries instead of ", max_osd));
  return absl::OkStatus();
}

void OsdMap::SetMaxOsd(int32_t n) {
  max_osd = n;
  osd_state.resize(n);
  osd_weight.resize(n);
  client_addrs.resize(n);
  hb_back_addrs.resize(n);
  osd_info.resize(n);
  cluster_addrs.resize(n);
  osd_uuid.resize(n);
  osd_xinfo.resize(n);
  hb_front_addrs.resize(n);
  if (!primary_affinity.empty()) primary_affinity.resize(n, kDefaultAffinity);
}

const PgPool* OsdMap::FindPool(int64_t pool) const {
  const auto it = pools.find(pool);
  return it == pools.end() ? nullptr : &it->second;
}

std::optional<int64_t> OsdMap::FindPoolByName(std::string_view name) const {
  for (const auto& [id, known] : pool_names)
    if (known == name) return id;
  return std::nullopt;
}

// An entry is one incarnation of a client, or with port and nonce 0 all of a host. Clients are
// listed by the address that both protocols can name, so the type does not count.
bool OsdMap::IsBlocklisted(const EntityAddr& addr) const {
  if (blocklist.empty()) return false;
  EntityAddr exact = addr;
  for (const EntityAddr::Type type : {EntityAddr::kAny, EntityAddr::kLegacy, EntityAddr::kMsgr2}) {
    exact.set_type(type);
    if (blocklist.contains(exact)) return true;
    EntityAddr host = exact;
    host.set_port(0);
    host.set_nonce(0);
    if (blocklist.contains(host)) return true;
  }
  return false;
}

}  // namespace siphon::rados
