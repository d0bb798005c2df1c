// FakeTimer: a Timer whose tasks run, on the test's thread, when the test lets time pass.
//
// Threads: After() and Cancel() from any; Advance() from the test's.
#ifndef SIPHON_TESTING_FAKES_FAKE_TIMER_H_
#define SIPHON_TESTING_FAKES_FAKE_TIMER_H_

#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "services/common/timer.h"
#include "testing/fakes/fake_clock.h"

namespace siphon {

class FakeTimer final : public Timer {
 public:
  explicit FakeTimer(FakeClock* clock) : clock_(clock) {}

  Id After(absl::Duration delay, Task task) override {
    MutexLock lock(mutex_);
    const Id id = next_id_++;
    tasks_[{clock_->Passed() + delay, id}] = std::move(task);
    return id;
  }
  void Cancel(Id id) override {
    Task forgotten;
    MutexLock lock(mutex_);
    for (auto it = tasks_.begin(); it != tasks_.end(); ++it) {
      if (it->first.second != id) continue;
      forgotten = std::move(it->second);
      tasks_.erase(it);
      return;
    }
  }
  void Drain() override {}

  // Lets `by` pass, running each task at its time.
  void Advance(absl::Duration by) {
    const absl::Duration until = clock_->Passed() + by;
    while (RunNext(until)) {
    }
    clock_->Advance(until - clock_->Passed());
  }
  size_t pending() const {
    MutexLock lock(mutex_);
    return tasks_.size();
  }

 private:
  bool RunNext(absl::Duration until) {
    Task task;
    {
      MutexLock lock(mutex_);
      if (tasks_.empty() || tasks_.begin()->first.first > until) return false;
      const absl::Duration due = tasks_.begin()->first.first;
      if (due > clock_->Passed()) clock_->Advance(due - clock_->Passed());
      task = std::move(tasks_.begin()->second);
      tasks_.erase(tasks_.begin());
    }
    task();
    return true;
  }

  FakeClock* const clock_;
  mutable Mutex mutex_;
  Id next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<std::pair<absl::Duration, Id>, Task> tasks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_TESTING_FAKES_FAKE_TIMER_H_
