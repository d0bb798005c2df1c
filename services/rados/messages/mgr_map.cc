#include "services/rados/messages/mgr_map.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MMgrMap::Summary() const { return absl::StrCat("mgr_map(", map.size(), " bytes)"); }

void MMgrMap::EncodePayload(Encoder& e, uint64_t features) { e.Raw(map); }

absl::Status MMgrMap::DecodePayload(Decoder& d) {
  map = d.RawBlob(d.remaining());
  return d.status();
}

}  // namespace siphon::rados
