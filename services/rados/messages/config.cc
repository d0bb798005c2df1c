#include "services/rados/messages/config.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MConfig::Summary() const {
  return absl::StrCat("config(", options.size(), " options)");
}

void MConfig::EncodePayload(Encoder& e, uint64_t features) {
  e.U32(static_cast<uint32_t>(options.size()));
  for (const auto& [name, value] : options) {
    e.String(name);
    e.String(value);
  }
}

absl::Status MConfig::DecodePayload(Decoder& d) {
  options.clear();
  const uint32_t n = d.Count(8);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    std::string name = d.String();
    options[std::move(name)] = d.String();
  }
  return d.status();
}

}  // namespace siphon::rados
