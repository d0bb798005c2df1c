#include "services/rados/messages/osd_beacon.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdBeacon::Summary() const {
  return absl::StrCat("osd_beacon(", pgs.size(), " pgs, clean from ", min_last_epoch_clean, ")");
}

void MOsdBeacon::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  e.U32(static_cast<uint32_t>(pgs.size()));
  for (const PgId& pg : pgs) pg.Encode(e);
  e.U32(min_last_epoch_clean);
  e.Time(last_purged_snaps_scrub);
  e.U32(report_interval_seconds);
}

absl::Status MOsdBeacon::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  pgs.clear();
  const uint32_t n = d.Count(PgId::kEncodedSize);
  for (uint32_t i = 0; i < n && d.ok(); ++i) pgs.push_back(PgId::Decode(d));
  min_last_epoch_clean = d.U32();
  if (header().version >= 2) last_purged_snaps_scrub = d.Time();
  if (header().version >= 3) report_interval_seconds = d.U32();
  return d.status();
}

}  // namespace siphon::rados
