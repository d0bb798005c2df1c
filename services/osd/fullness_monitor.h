// FullnessMonitor: how full the OSD is by the ratios of the map, and what follows: the monitor is
// told, which then marks the OSD and the pools on it, so that clients wait; and beyond the last
// ratio, osd_failsafe_full_ratio, the OSD takes no writes by itself.
//
// It looks every second, and tells the monitor until the map says the same.
//
// Source: the states and messages of Ceph 16.2 (MOSDFull), observed; `injectfull` is its command
// too.
//
// Ownership: everything in Options is borrowed and outlives this.
// Threads: any; Start() and Stop() not from the timer's.
#ifndef SIPHON_SERVICES_OSD_FULLNESS_MONITOR_H_
#define SIPHON_SERVICES_OSD_FULLNESS_MONITOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/config.h"
#include "base/mutex.h"
#include "services/common/timer.h"
#include "services/osd/map_keeper.h"
#include "services/rados/messages/osd_full.h"
#include "services/rados/osd_map.h"

namespace siphon::osd {

class FullnessMonitor {
 public:
  static constexpr absl::Duration kInterval = absl::Seconds(1);
  enum class State { kNone, kNearFull, kBackfillFull, kFull, kFailsafe };

  struct Options {
    int32_t whoami = 0;
    const Config* config = nullptr;
    MapKeeper* maps = nullptr;
    Timer* timer = nullptr;
    std::function<double(const rados::OsdMap&)> used;  // of the store: 0 to 1
    std::function<void(std::unique_ptr<rados::MOsdFull>)> send;
  };

  explicit FullnessMonitor(Options options);

  void Start();
  // Nothing runs after it.
  void Stop();
  // Looks now.
  void Check();

  State state() const { return state_.load(std::memory_order_relaxed); }
  // Whether a write is to be dropped. A dropped one counts for what was injected.
  bool DropsWrite();

  // Behaves as if it were in a state ("full", "none" for none), for as many writes; -1 for all from
  // now on. InvalidArgument: no such state.
  absl::Status Inject(std::string_view state, int64_t count);

 private:
  State StateOf(double used, const rados::OsdMap& map) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnTimer();

  const Options options_;
  std::atomic<State> state_{State::kNone};

  Mutex mutex_;
  State injected_ ABSL_GUARDED_BY(mutex_) = State::kNone;
  int64_t injected_count_ ABSL_GUARDED_BY(mutex_) = 0;
  Timer::Id pending_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_FULLNESS_MONITOR_H_
