#include "services/rados/messages/mon_get_version.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MMonGetVersion::Summary() const {
  return absl::StrCat("mon_get_version(", what, ", handle ", handle, ")");
}

void MMonGetVersion::EncodePayload(Encoder& e, uint64_t features) {
  e.U64(handle);
  e.String(what);
}

absl::Status MMonGetVersion::DecodePayload(Decoder& d) {
  handle = d.U64();
  what = d.String();
  return d.status();
}

}  // namespace siphon::rados
