// Throttle: a limit on how much of something (messages, bytes) is held at once.
//
// A request of `n` fits while current + n <= max; one larger than max fits while current <= max, so
// that a single oversized message passes an unused throttle. Requests are granted in the order in
// which they began to wait, and none overtakes a waiter. A limit of 0 is none at all.
//
// Nothing blocks here: a waiter is told when its share was taken for it.
//
// Threads: any. OnGranted() runs on the thread whose Put(), SetMax() or Cancel() made room, without
// a lock; a Waiter may be gone as soon as its call returns.
#ifndef SIPHON_MSG_THROTTLE_H_
#define SIPHON_MSG_THROTTLE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace siphon {

class Throttle {
 public:
  // Someone who waits for a share. Lives until it was granted or Cancel() returned.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    // The share asked for has been taken for this waiter, who must Put() it back one day.
    virtual void OnGranted() = 0;
  };

  struct Stats {
    uint64_t max = 0;
    uint64_t current = 0;
    uint64_t waiters = 0;
    uint64_t taken_total = 0;  // amount ever taken
    uint64_t put_total = 0;    // amount ever given back
    uint64_t waits_total = 0;  // requests that had to wait
  };

  Throttle(std::string name, uint64_t max) : name_(std::move(name)), max_(max) {}
  Throttle(const Throttle&) = delete;
  Throttle& operator=(const Throttle&) = delete;

  // Takes `n` if it fits and nobody waits; true when taken.
  bool TryTake(uint64_t n);
  // Takes `n` at once (true), or queues `waiter` (false), who is told when its share was taken. A
  // waiter waits for one share at a time.
  bool TakeOrWait(uint64_t n, Waiter* waiter);
  // Ends a wait. True: it was still waiting and OnGranted() will not be called. False: it was
  // granted already (the call may be under way on another thread) or never waited.
  bool Cancel(Waiter* waiter);
  // Takes `n` whether it fits or not (local messages).
  void Take(uint64_t n);
  // Gives `n` back and grants what now fits.
  void Put(uint64_t n);
  void SetMax(uint64_t max);

  Stats stats() const;
  const std::string& name() const { return name_; }

 private:
  struct Waiting {
    uint64_t amount;
    Waiter* waiter;
  };
  bool Fits(uint64_t n) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeLocked(uint64_t n) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes for the first waiter, if its share now fits, and returns it to be told without the lock.
  Waiter* TakeForNextWaiter() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Tells `granted` (null: nobody) and every waiter behind that now fits.
  void GrantFrom(Waiter* granted) ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string name_;
  mutable Mutex mutex_;
  uint64_t max_ ABSL_GUARDED_BY(mutex_);
  uint64_t current_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  Stats totals_ ABSL_GUARDED_BY(mutex_);
};

// A share of a throttle, given back when destroyed.
class ThrottleShare {
 public:
  ThrottleShare() = default;
  // `amount` of `throttle` has been taken and is owned from here on.
  ThrottleShare(std::shared_ptr<Throttle> throttle, uint64_t amount)
      : throttle_(std::move(throttle)), amount_(amount) {}
  ThrottleShare(ThrottleShare&& other) noexcept
      : throttle_(std::move(other.throttle_)), amount_(std::exchange(other.amount_, 0)) {}
  ThrottleShare& operator=(ThrottleShare&& other) noexcept {
    if (this != &other) {
      Release();
      throttle_ = std::move(other.throttle_);
      amount_ = std::exchange(other.amount_, 0);
    }
    return *this;
  }
  ~ThrottleShare() { Release(); }

  void Release() {
    if (throttle_ && amount_ != 0) throttle_->Put(amount_);
    throttle_.reset();
    amount_ = 0;
  }
  uint64_t amount() const { return amount_; }

 private:
  std::shared_ptr<Throttle> throttle_;
  uint64_t amount_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_THROTTLE_H_
