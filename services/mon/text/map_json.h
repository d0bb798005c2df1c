// Maps as JSON, with the field names that Ceph 16.2 prints.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_MAP_JSON_H_
#define SIPHON_SERVICES_MON_TEXT_MAP_JSON_H_

#include <cstdint>
#include <string>

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
Json OsdJson(const rados::OsdMap& map, int32_t osd);  // one that is below max_osd
Json PoolJson(int64_t id, const std::string& name, const rados::PgPool& pool);
Json MonMapJson(const rados::MonMap& map);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_MAP_JSON_H_
