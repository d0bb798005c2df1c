#include "services/rados/messages/command_reply.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MCommandReply::Summary() const {
  return absl::StrCat("command_reply(tid ", tid(), ", ", result, ")");
}

void MCommandReply::EncodePayload(Encoder& e, uint64_t features) {
  e.I32(result);
  e.String(status);
}

absl::Status MCommandReply::DecodePayload(Decoder& d) {
  result = d.I32();
  status = d.String();
  return d.status();
}

}  // namespace siphon::rados
