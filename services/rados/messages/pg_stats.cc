#include "services/rados/messages/pg_stats.h"

#include "absl/strings/str_cat.h"
#include "services/rados/container_codec.h"

namespace siphon::rados {

std::string MPgStats::Summary() const {
  return absl::StrCat("pg_stats(", pgs.size(), " pgs, epoch ", epoch, ")");
}

void MPgStats::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  osd_stat.Encode(e);
  EncodeEach(e, pgs, [&e](const auto& item) {
    item.first.Encode(e);
    item.second.Encode(e);
  });
  e.U32(epoch);
  e.Time(absl::UnixEpoch() + had_map_for);
  EncodeEach(e, pools, [&e](const auto& item) {
    e.I64(item.first);
    item.second.Encode(e);
  });
}

absl::Status MPgStats::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  osd_stat = OsdStat::Decode(d);
  pgs.clear();
  DecodeEach(d, PgId::kEncodedSize + PgStat::kMinEncodedSize, [&] {
    const PgId pg = PgId::Decode(d);
    pgs[pg] = PgStat::Decode(d);
  });
  epoch = d.U32();
  had_map_for = d.Time() - absl::UnixEpoch();
  pools.clear();
  if (header().version < 2) return d.status();
  DecodeEach(d, 8 + 6, [&] {
    const int64_t pool = d.I64();
    pools[pool] = StoreStatfs::Decode(d);
  });
  return d.status();
}

}  // namespace siphon::rados
