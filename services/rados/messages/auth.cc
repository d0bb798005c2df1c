#include "services/rados/messages/auth.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MAuth::Summary() const {
  return absl::StrCat("auth(protocol ", protocol, ", ", auth_payload.size(), " bytes)");
}

void MAuth::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  e.U32(protocol);
  e.Blob(auth_payload);
  e.U32(monmap_epoch);
}

absl::Status MAuth::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  protocol = d.U32();
  auth_payload = d.Blob();
  // Clients that know no map leave it out.
  if (d.remaining() != 0) monmap_epoch = d.U32();
  return d.status();
}

}  // namespace siphon::rados
