// SlowOpMonitor: says in the log, every few seconds, that requests are under way for long.
//
// Threads: Start() and Stop() from any but the timer's, once each.
#ifndef SIPHON_SERVICES_OSD_SLOW_OP_MONITOR_H_
#define SIPHON_SERVICES_OSD_SLOW_OP_MONITOR_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "services/common/timer.h"
#include "services/osd/op_tracker.h"

namespace siphon::osd {

class SlowOpMonitor {
 public:
  static constexpr absl::Duration kInterval = absl::Seconds(5);

  // Both outlive this. `name` is the daemon's: "osd.3".
  SlowOpMonitor(std::string name, const OpTracker* tracker, Timer* timer);

  void Start();
  // Nothing runs after it.
  void Stop();
  // What there is to complain about now, for people; empty for nothing.
  std::string Complaint() const;

 private:
  void Check();

  const std::string name_;
  const OpTracker* const tracker_;
  Timer* const timer_;
  Mutex mutex_;
  Timer::Id pending_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_SLOW_OP_MONITOR_H_
