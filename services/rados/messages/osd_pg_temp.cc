#include "services/rados/messages/osd_pg_temp.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdPgTemp::Summary() const {
  return absl::StrCat("osd_pg_temp(epoch ", map_epoch, ", ", pg_temp.size(), " pgs)");
}

void MOsdPgTemp::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  e.U32(map_epoch);
  e.U32(static_cast<uint32_t>(pg_temp.size()));
  for (const auto& [pg, osds] : pg_temp) {
    pg.Encode(e);
    e.U32(static_cast<uint32_t>(osds.size()));
    for (const int32_t osd : osds) e.I32(osd);
  }
  e.Bool(forced);
}

absl::Status MOsdPgTemp::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  map_epoch = d.U32();
  pg_temp.clear();
  const uint32_t n = d.Count(PgId::kEncodedSize + 4);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    std::vector<int32_t>& osds = pg_temp[PgId::Decode(d)];
    osds.clear();
    const uint32_t m = d.Count(4);
    for (uint32_t j = 0; j < m; ++j) osds.push_back(d.I32());
  }
  if (header().version >= 2) forced = d.Bool();
  return d.status();
}

}  // namespace siphon::rados
