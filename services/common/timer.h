// Timer: runs tasks later. Injected, so that tests own time.
//
// Threads: any. Tasks run on one thread of the timer's, one at a time; they must be quick.
#ifndef SIPHON_SERVICES_COMMON_TIMER_H_
#define SIPHON_SERVICES_COMMON_TIMER_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace siphon {

class Timer {
 public:
  using Id = uint64_t;  // never reused; 0 is none
  using Task = absl::AnyInvocable<void()>;

  virtual ~Timer() = default;

  // Runs `task` once, when `delay` has passed.
  virtual Id After(absl::Duration delay, Task task) = 0;
  // Forgets a task that has not begun. A no-op for 0, an unknown or a past one.
  virtual void Cancel(Id id) = 0;
  // Returns when no task is running, except that of the caller. Call it without locks that tasks
  // take: after Cancel() and Drain() nothing of a task is left.
  virtual void Drain() = 0;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_TIMER_H_
