#include "services/rados/messages/log_ack.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MLogAck::Summary() const { return absl::StrCat("log_ack(", channel, " ", last, ")"); }

void MLogAck::EncodePayload(Encoder& e, uint64_t features) {
  fsid.Encode(e);
  e.U64(last);
  e.String(channel);
}

absl::Status MLogAck::DecodePayload(Decoder& d) {
  fsid = Uuid::Decode(d);
  last = d.U64();
  // Left out by very old monitors.
  if (d.remaining() != 0) channel = d.String();
  return d.status();
}

}  // namespace siphon::rados
