#include "services/rados/messages/command.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MCommand::Summary() const {
  return absl::StrCat("command(tid ", tid(), ", ", command.size(), " words)");
}

void MCommand::EncodePayload(Encoder& e, uint64_t features) {
  fsid.Encode(e);
  e.U32(static_cast<uint32_t>(command.size()));
  for (const std::string& word : command) e.String(word);
}

absl::Status MCommand::DecodePayload(Decoder& d) {
  fsid = Uuid::Decode(d);
  command.clear();
  const uint32_t n = d.Count(4);
  for (uint32_t i = 0; i < n && d.ok(); ++i) command.push_back(d.String());
  return d.status();
}

}  // namespace siphon::rados
