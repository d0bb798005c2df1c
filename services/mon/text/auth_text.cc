#include "services/mon/text/auth_text.h"

#include "absl/strings/str_cat.h"
#include "services/common/caps/mon_caps.h"
#include "services/common/caps/osd_caps.h"

namespace siphon::mon {

absl::Status CheckCaps(const std::string& service, const std::string& caps) {
  if (service == "mon") return MonCaps::Parse(caps).status();
  if (service == "osd") return OsdCaps::Parse(caps).status();
  if (service != "mds" && service != "mgr")
    return absl::InvalidArgumentError(absl::StrCat("unknown cap type '", service, "'"));
  // Their daemons are Ceph's own, and read the rest.
  if (caps.starts_with("allow") || caps.starts_with("profile")) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(service, " capability parse failed, stopped at '",
                                                 caps, "' of '", caps, "': expected allow"));
}

std::string EntityListText(const AuthMonitor::Entries& entries) {
  std::string text;
  for (const auto& [name, entry] : entries) {
    absl::StrAppend(&text, name.ToString(), "\n\tkey: ", entry.key.ToBase64(), "\n");
    for (const auto& [service, caps] : entry.caps)
      absl::StrAppend(&text, "\tcaps: [", service, "] ", caps, "\n");
  }
  return text;
}

nlohmann::ordered_json EntityListJson(const AuthMonitor::Entries& entries) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [name, entry] : entries) {
    nlohmann::ordered_json caps = nlohmann::ordered_json::object();
    for (const auto& [service, text] : entry.caps) caps[service] = text;
    list.push_back({{"entity", name.ToString()}, {"key", entry.key.ToBase64()}, {"caps", caps}});
  }
  return list;
}

nlohmann::ordered_json KeyJson(const cephx::CryptoKey& key) { return {{"key", key.ToBase64()}}; }

}  // namespace siphon::mon
