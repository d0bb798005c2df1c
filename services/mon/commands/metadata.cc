#include "services/mon/commands/metadata.h"

#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/flags/version.h"
#include "msg/features.h"
#include "services/common/host/host_metadata.h"

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
  const rados::MonInfo* self = state.monmap->FindRank(0);
  std::map<std::string, std::string> words = HostMetadata();
  words["addrs"] = self ? self->addrs.ToString() : "";
  words["ceph_release"] = "pacific";
  words["ceph_version"] = VersionText();
  words["ceph_version_short"] = kSiphonVersion;
  words["compression_algorithms"] = "none, snappy, zlib, zstd, lz4";
  // The store's disk is not looked for.
  for (const char* name : {"device_ids", "device_paths", "devices"}) words[name] = "";
  Json json = {{"name", state.name}};
  for (const auto& [name, word] : words) json[name] = word;
  return json;
}

Json FeatureMap(const MonState& state) {
  const auto group = [](int n) {
    return Json::array({{{"features", absl::StrCat("0x", absl::Hex(kFeaturesSupported))},
                         {"release", "luminous"},
                         {"num", n}}});
  };
  int osds = 0;
  const rados::OsdMap& map = state.maps->current();
  for (int32_t osd = 0; osd < map.max_osd; ++osd) osds += map.IsUp(osd);
  Json json = {{"mon", group(1)}};
  if (osds > 0) json["osd"] = group(osds);
  if (const int clients = state.count_clients ? state.count_clients() : 0; clients > 0)
    json["client"] = group(clients);
  return json;
}

std::string VersionText() { return absl::StrCat("siphon version ", kSiphonVersion); }

}  // namespace siphon::mon
