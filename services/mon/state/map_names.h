// Names of flags, states, features and releases, as Ceph 16.2 prints them.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_STATE_MAP_NAMES_H_
#define SIPHON_SERVICES_MON_STATE_MAP_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_pool.h"

namespace siphon::mon {

// "sortbitwise,recovery_deletes,...", in the order of the bits.
std::string OsdMapFlagNames(uint32_t flags);
std::string PoolFlagNames(uint64_t flags);
std::vector<std::string> OsdStateNames(uint32_t state);
std::vector<std::string> MonFeatureNames(uint64_t features);
std::string ReleaseName(uint8_t release);
// "jewel" or "luminous": the oldest client that understands all that the map uses.
std::string MinCompatClient(const rados::OsdMap& map);
// "[1~2,a~1]", in hexadecimal.
std::string IntervalText(const rados::IntervalSet& set);
// "2026-11-22T06:53:42.422716+0000"; "0.000000" for the epoch.
std::string TimeText(absl::Time time);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_MAP_NAMES_H_
