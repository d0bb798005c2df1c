// OsdMetadata: what OSDs said of themselves when they booted: version, host, addresses, ....
#ifndef SIPHON_SERVICES_MON_COMMANDS_METADATA_H_
#define SIPHON_SERVICES_MON_COMMANDS_METADATA_H_

#include <cstdint>
#include <map>
#include <string>

#include "nlohmann/json.hpp"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// Of one OSD, by name; an empty object if it never booted.
nlohmann::ordered_json OsdMetadata(const MonState& state, int32_t osd);
// How many of the OSDs that are up have which value ("unknown" for none).
std::map<std::string, int> CountOsdMetadata(const MonState& state, const std::string& property);
// Of the monitor itself.
nlohmann::ordered_json MonMetadata(const MonState& state);
// How many peers speak with which features, by the kind of peer.
nlohmann::ordered_json FeatureMap(const MonState& state);
// "siphon version ..."
std::string VersionText();

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_METADATA_H_
