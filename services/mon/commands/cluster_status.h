// ClusterStatus: health and overview of the cluster, from the maps and figures ("ceph -s", "ceph
// health").
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_COMMANDS_CLUSTER_STATUS_H_
#define SIPHON_SERVICES_MON_COMMANDS_CLUSTER_STATUS_H_

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "services/mon/commands/health_checks.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

class ClusterStatus {
 public:
  explicit ClusterStatus(const MonState& state) : state_(state) {}

  std::string HealthText(bool detail) const;
  nlohmann::ordered_json HealthJson(bool detail) const;
  std::string StatusText() const;
  nlohmann::ordered_json StatusJson() const;
  // "3 osds: 3 up (since 4s), 3 in (since 5s)".
  std::string OsdStatText() const;
  // "flags noout,pauserd", of those that a person sets; empty if there are none.
  std::string OsdFlagsText() const;
  nlohmann::ordered_json OsdStatJson() const;
  // "3 total, 3 up, 3 in".
  std::string OsdCountsText() const;

 private:
  // What to tell, and the codes of what a person has muted.
  struct Health {
    std::vector<HealthCheck> checks;
    std::vector<std::string> muted;
    const char* word = "HEALTH_OK";
  };
  Health FindHealth() const;
  std::string DataText() const;
  nlohmann::ordered_json PgMapJson() const;
  std::string Since(absl::Time when) const;
  int Count(bool (*is)(const rados::OsdMap&, int32_t)) const;
  const rados::OsdMap& map() const { return state_.maps->current(); }

  const MonState& state_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_CLUSTER_STATUS_H_
