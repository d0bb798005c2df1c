#include "services/rados/messages/mon_subscribe_ack.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MMonSubscribeAck::Summary() const {
  return absl::StrCat("mon_subscribe_ack(", interval_seconds, " s)");
}

void MMonSubscribeAck::EncodePayload(Encoder& e, uint64_t features) {
  e.U32(interval_seconds);
  fsid.Encode(e);
}

absl::Status MMonSubscribeAck::DecodePayload(Decoder& d) {
  interval_seconds = d.U32();
  fsid = Uuid::Decode(d);
  return d.status();
}

}  // namespace siphon::rados
