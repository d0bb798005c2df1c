// MonState: what the commands of a monitor look at and change.
//
// Borrowed pointers, gathered; all used by one thread at a time.
#ifndef SIPHON_SERVICES_MON_STATE_MON_STATE_H_
#define SIPHON_SERVICES_MON_STATE_MON_STATE_H_

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/config.h"
#include "services/mon/state/cluster_log.h"
#include "services/mon/state/cluster_stats.h"
#include "services/mon/state/config_monitor.h"
#include "services/mon/state/health_mutes.h"
#include "services/mon/state/mon_store.h"
#include "services/mon/state/osd_map_history.h"
#include "services/mon/state/osd_monitor.h"
#include "services/mon/state/pool_monitor.h"
#include "services/rados/mon_map.h"

namespace siphon::mon {

struct MonState {
  Config* config = nullptr;
  Clock* clock = nullptr;
  MonStore* store = nullptr;
  OsdMapHistory* maps = nullptr;
  OsdMonitor* osds = nullptr;
  PoolMonitor* pools = nullptr;
  ClusterStats* stats = nullptr;
  HealthMutes* mutes = nullptr;
  ConfigMonitor* options = nullptr;
  ClusterLog* log = nullptr;
  std::function<int()> count_clients;  // with open sessions
  const rados::MonMap* monmap = nullptr;
  std::string name;  // of this monitor: "a"
  absl::Time started;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_MON_STATE_H_
