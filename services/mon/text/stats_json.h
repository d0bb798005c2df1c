// Figures as JSON, with the field names that Ceph 16.2 prints ("pg dump", "pg ls", ...).
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_STATS_JSON_H_
#define SIPHON_SERVICES_MON_TEXT_STATS_JSON_H_

#include "nlohmann/json.hpp"
#include "services/mon/state/cluster_stats.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/osd_stat.h"
#include "services/rados/pool_stat.h"
#include "services/rados/store_statfs.h"

namespace siphon::mon {

nlohmann::ordered_json SumJson(const rados::ObjectStatSum& sum);
nlohmann::ordered_json StatfsJson(const rados::StoreStatfs& statfs);
nlohmann::ordered_json PoolStatJson(const rados::PoolStat& stat);
// Without the OSD's number.
nlohmann::ordered_json OsdStatJson(const rados::OsdStat& stat);
nlohmann::ordered_json GroupJson(const ClusterStats::Group& group);
// State and OSDs only.
nlohmann::ordered_json GroupBriefJson(const ClusterStats::Group& group);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_STATS_JSON_H_
