#include "services/rados/messages/mon_command.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MMonCommand::Summary() const {
  return absl::StrCat("mon_command(tid ", tid(), ", ", command.size(), " words)");
}

void MMonCommand::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.U32(static_cast<uint32_t>(command.size()));
  for (const std::string& word : command) e.String(word);
}

absl::Status MMonCommand::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  command.clear();
  const uint32_t n = d.Count(4);
  for (uint32_t i = 0; i < n && d.ok(); ++i) command.push_back(d.String());
  return d.status();
}

}  // namespace siphon::rados
