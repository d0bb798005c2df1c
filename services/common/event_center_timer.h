// EventCenterTimer: a Timer on an event loop that runs already, so that it needs no thread.
//
// Ownership: the center is borrowed and its loop outlives the timer. Tasks that are left are
// forgotten when the timer is destroyed, which waits for one that is running.
// Threads: as Timer. Drain() and the destructor not from another center's thread.
#ifndef SIPHON_SERVICES_COMMON_EVENT_CENTER_TIMER_H_
#define SIPHON_SERVICES_COMMON_EVENT_CENTER_TIMER_H_

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "event/event_center.h"
#include "services/common/timer.h"

namespace siphon {

class EventCenterTimer final : public Timer {
 public:
  explicit EventCenterTimer(EventCenter* center)
      : center_(center), state_(std::make_shared<State>()) {}
  ~EventCenterTimer() override;

  Id After(absl::Duration delay, Task task) override;
  void Cancel(Id id) override;
  void Drain() override;

 private:
  // Shared with what was posted to the center, which may come late.
  struct State {
    Mutex mutex;
    Id next_id ABSL_GUARDED_BY(mutex) = 1;
    absl::flat_hash_map<Id, Task> tasks ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<Id, TimerId> events;  // the center's thread only
  };
  static void Run(State& state, Id id);

  EventCenter* const center_;
  const std::shared_ptr<State> state_;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_EVENT_CENTER_TIMER_H_
