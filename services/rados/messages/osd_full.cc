#include "services/rados/messages/osd_full.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdFull::Summary() const {
  return absl::StrCat("osd_full(state ", state, ", e", map_epoch, ")");
}

void MOsdFull::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  e.U32(map_epoch);
  e.U32(state);
}

absl::Status MOsdFull::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  map_epoch = d.U32();
  state = d.U32();
  return d.status();
}

}  // namespace siphon::rados
