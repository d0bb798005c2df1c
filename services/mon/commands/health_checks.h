// HealthChecks: what is wrong with the cluster, from the maps and figures ("ceph health").
//
// Codes and sentences are Ceph's: scripts look for them.
// Threads: any; pure functions of the state.
#ifndef SIPHON_SERVICES_MON_COMMANDS_HEALTH_CHECKS_H_
#define SIPHON_SERVICES_MON_COMMANDS_HEALTH_CHECKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/mon/state/mon_state.h"

namespace siphon::mon {

struct HealthCheck {
  std::string code;  // "OSD_DOWN"
  std::string summary;
  std::vector<std::string> detail;
  bool error = false;  // HEALTH_ERR instead of HEALTH_WARN
  int64_t count = 0;
};

// In the order of their codes.
std::vector<HealthCheck> FindHealthChecks(const MonState& state);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_HEALTH_CHECKS_H_
