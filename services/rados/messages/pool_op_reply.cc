#include "services/rados/messages/pool_op_reply.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MPoolOpReply::Summary() const {
  return absl::StrCat("pool_op_reply(", result, ", epoch ", epoch, ")");
}

void MPoolOpReply::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.I32(result);
  e.U32(epoch);
  e.Bool(response.has_value());
  if (response.has_value()) e.Blob(*response);
}

absl::Status MPoolOpReply::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  result = d.I32();
  epoch = d.U32();
  response.reset();
  if (d.Bool()) response = d.Blob();
  return d.status();
}

}  // namespace siphon::rados
