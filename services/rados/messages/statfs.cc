#include "services/rados/messages/statfs.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MStatfs::Summary() const {
  return absl::StrCat("statfs(", pool.has_value() ? absl::StrCat("pool ", *pool) : "all", ")");
}

void MStatfs::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.Bool(pool.has_value());
  if (pool.has_value()) e.I64(*pool);
}

absl::Status MStatfs::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  pool.reset();
  if (header().version >= 2 && d.Bool()) pool = d.I64();
  return d.status();
}

}  // namespace siphon::rados
