// The CRUSH hierarchy with the state of its OSDs ("ceph osd tree"), as text and as JSON.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_OSD_TREE_H_
#define SIPHON_SERVICES_MON_OSD_TREE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "services/rados/osd_map.h"

namespace siphon::mon {

std::string OsdTreeText(const rados::OsdMap& map);
nlohmann::ordered_json OsdTreeJson(const rados::OsdMap& map);

// The buckets above an OSD: types and names, the nearest first ("osd find").
std::vector<std::pair<std::string, std::string>> CrushLocationOf(const rados::OsdMap& map,
                                                                 int32_t osd);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_OSD_TREE_H_
