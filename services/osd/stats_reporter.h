// StatsReporter: tells the monitor how full this OSD is and what its placement groups hold and do.
//
// Every mgr_stats_period it looks; it sends when something changed, and now and then all the same,
// so that a monitor that started anew knows. The first look at a group counts its objects, which
// may take long: it happens on a thread of its own, no network worker waits.
//
// Ownership: everything in Options is borrowed and outlives this.
// Threads: any.
#ifndef SIPHON_SERVICES_OSD_STATS_REPORTER_H_
#define SIPHON_SERVICES_OSD_STATS_REPORTER_H_

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/mutex.h"
#include "services/common/mon_client.h"
#include "services/osd/map_keeper.h"
#include "services/osd/pg/pg_report.h"
#include "services/osd/pg/pg_table.h"
#include "services/osd/store/object_store.h"
#include "services/rados/messages/pg_stats.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_stat.h"

namespace siphon::osd {

class StatsReporter {
 public:
  struct Options {
    int32_t whoami = 0;
    MapKeeper* maps = nullptr;
    PgTable* pgs = nullptr;
    ObjectStore* store = nullptr;
    MonClient* mon_client = nullptr;
    Config* config = nullptr;
    Clock* clock = &Clock::Real();
  };

  explicit StatsReporter(const Options& options);
  ~StatsReporter();

  // Begins to report. Without it, SendNow() still works.
  void Start();
  // Waits for the thread. Idempotent.
  void Stop();
  // What was sent is not known to the monitor of now: the next look sends it again.
  void ForgetSent();
  // Looks and sends at once; the number of the report (0: not in the map).
  uint64_t SendNow();
  // What the store holds, and who is watched by heartbeats.
  rados::OsdStat Stat(const rados::OsdMap& map) const;
  // Which part of its space is used: 0 to 1.
  double Used(const rados::OsdMap& map) const;

 private:
  void Run();
  // Sends if `always`, or if there is news.
  uint64_t Look(bool always);
  // The report of now; `changed` says whether it differs from the one that was sent last.
  std::unique_ptr<rados::MPgStats> Make(const rados::OsdMap& map, bool* changed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(look_mutex_);
  // What the store did so far outlives a crash; false: it may not.
  bool WaitUntilDurable();
  void FillOsdStat(const rados::OsdMap& map, size_t groups, rados::OsdStat* stat) const;

  const Options options_;

  Mutex look_mutex_;  // one look at a time
  std::vector<PgReport> sent_ ABSL_GUARDED_BY(look_mutex_);
  uint32_t sent_epoch_ ABSL_GUARDED_BY(look_mutex_) = 0;
  absl::Time sent_when_ ABSL_GUARDED_BY(look_mutex_) = absl::InfinitePast();
  uint64_t seq_ ABSL_GUARDED_BY(look_mutex_) = 0;

  Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool forget_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STATS_REPORTER_H_
