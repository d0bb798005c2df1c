// The hierarchy of OSDs, for people and as JSON ("ceph osd tree", "ceph osd crush tree").
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_OSD_TREE_H_
#define SIPHON_SERVICES_MON_TEXT_OSD_TREE_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "services/rados/osd_map.h"

namespace siphon::mon {

struct OsdTreeFilter {
  std::set<std::string> states;  // "up", "down", "in", "out", "destroyed"; none: any
  std::optional<int32_t> root;   // only what is below this bucket
};

std::string OsdTreeText(const rados::OsdMap& map, const OsdTreeFilter& filter = {});
nlohmann::ordered_json OsdTreeJson(const rados::OsdMap& map, const OsdTreeFilter& filter = {});

std::string CrushTreeText(const rados::OsdMap& map, bool shadow);
nlohmann::ordered_json CrushTreeJson(const rados::OsdMap& map, bool shadow);

// The buckets above an OSD: types and names, the nearest first ("osd find").
std::vector<std::pair<std::string, std::string>> CrushLocationOf(const rados::OsdMap& map,
                                                                 int32_t osd);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_OSD_TREE_H_
