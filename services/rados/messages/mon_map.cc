#include "services/rados/messages/mon_map.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MMonMap::Summary() const { return absl::StrCat("mon_map(", map.size(), " bytes)"); }

void MMonMap::EncodePayload(Encoder& e, uint64_t features) { e.Blob(map); }

absl::Status MMonMap::DecodePayload(Decoder& d) {
  map = d.Blob();
  return d.status();
}

}  // namespace siphon::rados
