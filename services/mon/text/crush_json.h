// CRUSH maps as JSON, with the field names that Ceph 16.2 prints.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_CRUSH_JSON_H_
#define SIPHON_SERVICES_MON_TEXT_CRUSH_JSON_H_

#include <cstdint>

#include "nlohmann/json.hpp"
#include "services/rados/crush_map.h"

namespace siphon::mon {

nlohmann::ordered_json CrushMapJson(const rados::CrushMap& crush);
// Null for a rule that is not there.
nlohmann::ordered_json CrushRuleJson(const rados::CrushMap& crush, int32_t id);
nlohmann::ordered_json CrushTunablesJson(const rados::CrushMap& crush);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_CRUSH_JSON_H_
