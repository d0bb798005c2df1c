#include "base/clock.h"

#include <time.h>

#include "absl/time/clock.h"

namespace siphon {
namespace {

class SystemClock : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
  MonoNanos Monotonic() override {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return MonoNanos{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  }
};

}  // namespace

Clock& Clock::Real() {
  static auto* const clock = new SystemClock;
  return *clock;
}

}  // namespace siphon
