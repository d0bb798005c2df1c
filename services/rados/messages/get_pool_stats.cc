#include "services/rados/messages/get_pool_stats.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MGetPoolStats::Summary() const {
  return absl::StrCat("get_pool_stats(", pools.size(), " pools)");
}

void MGetPoolStats::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.U32(static_cast<uint32_t>(pools.size()));
  for (const std::string& pool : pools) e.String(pool);
}

absl::Status MGetPoolStats::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  pools.clear();
  const uint32_t n = d.Count(4);
  for (uint32_t i = 0; i < n && d.ok(); ++i) pools.push_back(d.String());
  return d.status();
}

}  // namespace siphon::rados
