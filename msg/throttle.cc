#include "msg/throttle.h"

#include <glog/logging.h>

#include <algorithm>

namespace siphon {

bool Throttle::Fits(uint64_t n) const {
  if (max_ == 0) return true;
  if (current_ > max_) return false;
  // The second part is n + current_ <= max_ without overflow.
  return n > max_ || n <= max_ - current_;
}

void Throttle::TakeLocked(uint64_t n) {
  current_ += n;
  totals_.taken_total += n;
}

bool Throttle::TryTake(uint64_t n) {
  MutexLock lock(mutex_);
  if (!waiting_.empty() || !Fits(n)) return false;
  TakeLocked(n);
  return true;
}

bool Throttle::TakeOrWait(uint64_t n, Waiter* waiter) {
  MutexLock lock(mutex_);
  if (waiting_.empty() && Fits(n)) {
    TakeLocked(n);
    return true;
  }
  waiting_.push_back(Waiting{n, waiter});
  ++totals_.waits_total;
  return false;
}

bool Throttle::Cancel(Waiter* waiter) {
  Waiter* granted = nullptr;
  {
    MutexLock lock(mutex_);
    const auto it = std::find_if(waiting_.begin(), waiting_.end(),
                                 [waiter](const Waiting& w) { return w.waiter == waiter; });
    if (it == waiting_.end()) return false;
    waiting_.erase(it);
    granted = TakeForNextWaiter();  // the one behind may be smaller
  }
  GrantFrom(granted);
  return true;
}

void Throttle::Take(uint64_t n) {
  MutexLock lock(mutex_);
  TakeLocked(n);
}

void Throttle::Put(uint64_t n) {
  Waiter* granted = nullptr;
  {
    MutexLock lock(mutex_);
    CHECK_LE(n, current_) << "throttle " << name_ << ": more was given back than was taken";
    current_ -= n;
    totals_.put_total += n;
    granted = TakeForNextWaiter();
  }
  GrantFrom(granted);
}

void Throttle::SetMax(uint64_t max) {
  Waiter* granted = nullptr;
  {
    MutexLock lock(mutex_);
    max_ = max;
    granted = TakeForNextWaiter();
  }
  GrantFrom(granted);
}

Throttle::Waiter* Throttle::TakeForNextWaiter() {
  if (waiting_.empty() || !Fits(waiting_.front().amount)) return nullptr;
  const Waiting first = waiting_.front();
  waiting_.pop_front();
  TakeLocked(first.amount);
  return first.waiter;
}

void Throttle::GrantFrom(Waiter* granted) {
  while (granted != nullptr) {
    granted->OnGranted();
    MutexLock lock(mutex_);
    granted = TakeForNextWaiter();
  }
}

Throttle::Stats Throttle::stats() const {
  MutexLock lock(mutex_);
  Stats stats = totals_;
  stats.max = max_;
  stats.current = current_;
  stats.waiters = waiting_.size();
  return stats;
}

}  // namespace siphon
