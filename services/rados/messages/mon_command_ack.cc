#include "services/rados/messages/mon_command_ack.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MMonCommandAck::Summary() const {
  return absl::StrCat("mon_command_ack(tid ", tid(), ", ", result, ", ", data().size(),
                      " bytes out)");
}

void MMonCommandAck::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  e.I32(result);
  e.String(status);
  e.U32(static_cast<uint32_t>(command.size()));
  for (const std::string& word : command) e.String(word);
}

absl::Status MMonCommandAck::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  result = d.I32();
  status = d.String();
  command.clear();
  const uint32_t n = d.Count(4);
  for (uint32_t i = 0; i < n && d.ok(); ++i) command.push_back(d.String());
  return d.status();
}

}  // namespace siphon::rados
