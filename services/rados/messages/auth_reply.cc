#include "services/rados/messages/auth_reply.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MAuthReply::Summary() const {
  return absl::StrCat("auth_reply(protocol ", protocol, ", ", result, ", global id ", global_id,
                      ")");
}

void MAuthReply::EncodePayload(Encoder& e, uint64_t features) {
  e.U32(protocol);
  e.I32(result);
  e.U64(global_id);
  e.Blob(auth_payload);
  e.String(result_message);
}

absl::Status MAuthReply::DecodePayload(Decoder& d) {
  protocol = d.U32();
  result = d.I32();
  global_id = d.U64();
  auth_payload = d.Blob();
  result_message = d.String();
  return d.status();
}

}  // namespace siphon::rados
