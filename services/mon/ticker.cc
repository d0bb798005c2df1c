#include "services/mon/ticker.h"

#include <utility>

#include "absl/time/clock.h"

namespace siphon::mon {

void Ticker::Start(absl::Duration interval, std::function<void()> tick) {
  thread_ = std::thread([this, interval, tick = std::move(tick)] { Run(interval, tick); });
}

void Ticker::Stop() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
    stopping_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Ticker::Run(absl::Duration interval, const std::function<void()>& tick) {
  for (;;) {
    {
      const absl::Time next = absl::Now() + interval;
      MutexLock lock(mutex_);
      while (!stop_ && absl::Now() < next) stopping_.WaitFor(mutex_, next - absl::Now());
      if (stop_) return;
    }
    tick();
  }
}

}  // namespace siphon::mon
