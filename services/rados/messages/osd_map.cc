#include "services/rados/messages/osd_map.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {
namespace {

using Maps = std::map<uint32_t, BufferList>;

void EncodeMaps(Encoder& e, const Maps& maps) {
  e.U32(static_cast<uint32_t>(maps.size()));
  for (const auto& [epoch, map] : maps) {
    e.U32(epoch);
    e.Blob(map);
  }
}

void DecodeMaps(Decoder& d, Maps* maps) {
  maps->clear();
  const uint32_t n = d.Count(8);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    const uint32_t epoch = d.U32();
    (*maps)[epoch] = d.Blob();
  }
}

std::string Range(const Maps& maps) {
  return absl::StrCat(maps.begin()->first, "..", maps.rbegin()->first);
}

}  // namespace

std::string MOsdMap::Summary() const {
  std::string text = "osd_map(";
  if (!full_maps.empty()) absl::StrAppend(&text, "full ", Range(full_maps), ", ");
  if (!incrementals.empty()) absl::StrAppend(&text, "changes ", Range(incrementals), ", ");
  return absl::StrCat(text, "sender has ", oldest_map, "..", newest_map, ")");
}

void MOsdMap::EncodePayload(Encoder& e, uint64_t features) {
  fsid.Encode(e);
  EncodeMaps(e, incrementals);
  EncodeMaps(e, full_maps);
  e.U32(oldest_map);
  e.U32(newest_map);
  e.U32(cluster_trim_lower_bound);
}

absl::Status MOsdMap::DecodePayload(Decoder& d) {
  fsid = Uuid::Decode(d);
  DecodeMaps(d, &incrementals);
  DecodeMaps(d, &full_maps);
  if (header().version >= 2) {
    oldest_map = d.U32();
    newest_map = d.U32();
  }
  if (header().version >= 4) cluster_trim_lower_bound = d.U32();
  return d.status();
}

}  // namespace siphon::rados
