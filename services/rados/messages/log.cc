#include "services/rados/messages/log.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MLog::Summary() const { return absl::StrCat("log(", entries.size(), " entries)"); }

void MLog::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.U32(static_cast<uint32_t>(entries.size()));
  for (const LogEntry& entry : entries) entry.Encode(e, features);
}

absl::Status MLog::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  entries.clear();
  const uint32_t n = d.Count(LogEntry::kMinEncodedSize);
  for (uint32_t i = 0; i < n && d.ok(); ++i) entries.push_back(LogEntry::Decode(d));
  return d.status();
}

}  // namespace siphon::rados
