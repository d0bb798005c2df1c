// The map of managers of a cluster that has none, for those who subscribe to it.
//
// Source: protocol section "Minimal MgrMap".
#ifndef SIPHON_SERVICES_MON_COMMANDS_MGR_MAP_H_
#define SIPHON_SERVICES_MON_COMMANDS_MGR_MAP_H_

#include <cstdint>

#include "base/buffer_list.h"

namespace siphon::mon {

inline constexpr uint32_t kMgrMapEpoch = 1;

BufferList EncodeMgrMapWithoutManager();

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_MGR_MAP_H_
