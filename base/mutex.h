// Mutex, MutexLock, CondVar: std::mutex and std::condition_variable with Clang's thread-safety
// annotations.
//
// Used instead of absl::Mutex because the system's Abseil is not built with ThreadSanitizer, which
// then reports false races on everything that absl::Mutex guards.
//
// Locks are leaves: no callback, no I/O and no destruction of user objects happens under one.
#ifndef SIPHON_BASE_MUTEX_H_
#define SIPHON_BASE_MUTEX_H_

#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace siphon {

class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a Mutex for the length of a scope.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable for a Mutex. Waits may wake without cause: call them in a loop.
class CondVar {
 public:
  // Releases `mutex`, sleeps until signalled, and takes `mutex` again.
  void Wait(Mutex& mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    cv_.wait(lock);
    lock.release();
  }

  // As Wait, but for `timeout` at most. False when the time passed without a signal.
  bool WaitFor(Mutex& mutex, absl::Duration timeout) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const auto status = cv_.wait_for(lock, absl::ToChronoNanoseconds(timeout));
    lock.release();
    return status == std::cv_status::no_timeout;
  }

  void Signal() { cv_.notify_one(); }
  void SignalAll() { cv_.notify_all(); }

 private:
  std::condition_variable cv_;
};

// A one-shot event: Notify() once, WaitForNotification() from any thread.
class Notification {
 public:
  void Notify() {
    MutexLock lock(mutex_);
    done_ = true;
    cv_.SignalAll();
  }
  bool HasBeenNotified() {
    MutexLock lock(mutex_);
    return done_;
  }
  void WaitForNotification() {
    MutexLock lock(mutex_);
    while (!done_) cv_.Wait(mutex_);
  }
  // False when `timeout` passed first.
  bool WaitForNotificationWithTimeout(absl::Duration timeout) {
    const absl::Time deadline = absl::Now() + timeout;
    MutexLock lock(mutex_);
    while (!done_) {
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration()) return false;
      cv_.WaitFor(mutex_, left);
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar cv_;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace siphon

#endif  // SIPHON_BASE_MUTEX_H_
