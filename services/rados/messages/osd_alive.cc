#include "services/rados/messages/osd_alive.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdAlive::Summary() const {
  return absl::StrCat("osd_alive(up through ", want_up_thru, ")");
}

void MOsdAlive::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  e.U32(want_up_thru);
}

absl::Status MOsdAlive::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  want_up_thru = d.U32();
  return d.status();
}

}  // namespace siphon::rados
