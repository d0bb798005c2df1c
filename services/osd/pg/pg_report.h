// PgReport: what a placement group tells the monitor of itself.
#ifndef SIPHON_SERVICES_OSD_PG_PG_REPORT_H_
#define SIPHON_SERVICES_OSD_PG_PG_REPORT_H_

#include <cstddef>

#include "services/rados/eversion.h"
#include "services/rados/interval_set.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

struct PgReport {
  rados::PgId id;
  rados::EVersion version;    // of the last change
  size_t log_size = 0;        // requests that are remembered
  bool trimming = false;      // clones of removed snapshots
  rados::IntervalSet purged;  // removed snapshots of which the group has nothing any more
  // Objects count clones and whiteouts too; bytes count what a clone does not share with the next
  // newer one. Reads and writes are counted since the group was loaded.
  rados::ObjectStatSum sum;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_PG_REPORT_H_
