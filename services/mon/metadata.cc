#include "services/mon/metadata.h"

#include <sys/utsname.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/flags/version.h"

namespace siphon::mon {

using Json = nlohmann::ordered_json;

Json OsdMetadata(const MonState& state, int32_t osd) {
  const auto stored = state.store->Get(MonStore::kOsdMetadata, absl::StrCat(osd));
  if (!stored.ok() || !*stored) return Json::object();
  Json json = Json::parse(**stored, nullptr, false);
  return json.is_object() ? json : Json::object();
}

std::map<std::string, int> CountOsdMetadata(const MonState& state, const std::string& property) {
  std::map<std::string, int> counts;
  const rados::OsdMap& map = state.maps->current();
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    if (!map.IsUp(osd)) continue;
    const Json metadata = OsdMetadata(state, osd);
    const bool has = metadata.contains(property) && metadata[property].is_string();
    ++counts[has ? metadata[property].get<std::string>() : "unknown"];
  }
  return counts;
}

Json MonMetadata(const MonState& state) {
  utsname system = {};
  uname(&system);
  const rados::MonInfo* self = state.monmap->FindRank(0);
  return {{"name", state.name},
          {"addrs", self ? self->addrs.ToString() : ""},
          {"arch", system.machine},
          {"ceph_release", "pacific"},
          {"ceph_version", VersionText()},
          {"ceph_version_short", kSiphonVersion},
          {"hostname", system.nodename},
          {"kernel_description", system.version},
          {"kernel_version", system.release},
          {"os", system.sysname}};
}

std::string VersionText() { return absl::StrCat("siphon version ", kSiphonVersion); }

}  // namespace siphon::mon
