// Maps as JSON, with the field names that Ceph 16.2 prints.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_MAP_JSON_H_
#define SIPHON_SERVICES_MON_MAP_JSON_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "msg/entity_addr.h"
#include "nlohmann/json.hpp"
#include "services/rados/crush_map.h"
#include "services/rados/mon_map.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_pool.h"

namespace siphon::mon {

using Json = nlohmann::ordered_json;

Json AddrsJson(const EntityAddrVec& addrs);
Json OsdMapJson(const rados::OsdMap& map);
Json PoolJson(int64_t id, const std::string& name, const rados::PgPool& pool);
Json MonMapJson(const rados::MonMap& map);
Json CrushRuleJson(const rados::CrushMap& crush, int32_t id);
// Bits of MonMap's features, by name.
Json MonFeaturesJson(uint64_t features);

// "sortbitwise,recovery_deletes,...", in the order of the bits.
std::string OsdMapFlagNames(uint32_t flags);
std::string PoolFlagNames(uint64_t flags);
std::string ReleaseName(uint8_t release);
// "jewel" or "luminous": the oldest client that understands all that the map uses.
std::string MinCompatClient(const rados::OsdMap& map);
// "2026-11-22T06:53:42.422716+0000"; "0.000000" for the epoch.
std::string TimeText(absl::Time time);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_MAP_JSON_H_
