#include "services/rados/messages/statfs_reply.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MStatfsReply::Summary() const {
  return absl::StrCat("statfs_reply(", kb_used, " of ", kb, " KiB)");
}

void MStatfsReply::EncodePayload(Encoder& e, uint64_t features) {
  fsid.Encode(e);
  e.U64(version);
  e.U64(kb);
  e.U64(kb_used);
  e.U64(kb_avail);
  e.U64(num_objects);
}

absl::Status MStatfsReply::DecodePayload(Decoder& d) {
  fsid = Uuid::Decode(d);
  version = d.U64();
  kb = d.U64();
  kb_used = d.U64();
  kb_avail = d.U64();
  num_objects = d.U64();
  return d.status();
}

}  // namespace siphon::rados
