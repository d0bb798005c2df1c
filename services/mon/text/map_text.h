// Maps as text for people, in the form that Ceph 16.2 prints.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_MAP_TEXT_H_
#define SIPHON_SERVICES_MON_TEXT_MAP_TEXT_H_

#include <cstdint>
#include <string>

#include "services/rados/mon_map.h"
#include "services/rados/osd_map.h"

namespace siphon::mon {

std::string OsdMapText(const rados::OsdMap& map);
// "pool 1 'p1' replicated size 1 ...".
std::string PoolText(const rados::OsdMap& map, int64_t pool);
// "osd.0 up   in  weight 1 ...", of one that is below max_osd.
std::string OsdText(const rados::OsdMap& map, int32_t osd);
std::string MonMapText(const rados::MonMap& map);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_MAP_TEXT_H_
