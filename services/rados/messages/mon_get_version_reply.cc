#include "services/rados/messages/mon_get_version_reply.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MMonGetVersionReply::Summary() const {
  return absl::StrCat("mon_get_version_reply(handle ", handle, ", ", oldest_version, "..", version,
                      ")");
}

void MMonGetVersionReply::EncodePayload(Encoder& e, uint64_t features) {
  e.U64(handle);
  e.U64(version);
  e.U64(oldest_version);
}

absl::Status MMonGetVersionReply::DecodePayload(Decoder& d) {
  handle = d.U64();
  version = d.U64();
  if (header().version >= 2) oldest_version = d.U64();
  return d.status();
}

}  // namespace siphon::rados
