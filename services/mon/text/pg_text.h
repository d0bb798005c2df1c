// Tables of placement groups, pools and OSDs for people, as Ceph 16.2 prints them.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_PG_TEXT_H_
#define SIPHON_SERVICES_MON_TEXT_PG_TEXT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/mon/state/cluster_stats.h"
#include "services/rados/osd_map.h"

namespace siphon::mon {

// "145 pgs: 145 active+clean; 1.4 MiB data, 4.6 MiB used, 12 GiB / 12 GiB avail", and what clients
// do.
std::string PgSummaryText(const ClusterStats& stats, const rados::OsdMap& map);
// "145 active+clean, 3 stale+active+clean".
std::string PgStatesText(const ClusterStats& stats, const rados::OsdMap& map);
// "1.2 MiB/s rd, 300 KiB/s wr, 12 op/s rd, 5 op/s wr"; empty when nothing is done.
std::string RatesText(const ClusterStats::Rates& rates, const char* separator = ", ");

std::string GroupsText(const std::vector<ClusterStats::Group>& groups);  // of "pg dump pgs"
std::string GroupsBriefText(const std::vector<ClusterStats::Group>& groups);
std::string GroupsListText(const std::vector<ClusterStats::Group>& groups, absl::Time now);
// Without headings, a blank line stands for them.
std::string PoolFiguresText(const ClusterStats& stats, const rados::OsdMap& map,
                            bool headings = true);
std::string SumFiguresText(const ClusterStats& stats, bool headings = true);
std::string OsdFiguresText(const ClusterStats& stats, const rados::OsdMap& map);
std::string OsdSumText(const ClusterStats& stats, const rados::OsdMap& map);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_PG_TEXT_H_
