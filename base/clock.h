// Clock: where time comes from. Injected everywhere, so that the simulator owns time.
//
// Threads: any.
#ifndef SIPHON_BASE_CLOCK_H_
#define SIPHON_BASE_CLOCK_H_

#include <cstdint>

#include "absl/time/time.h"

namespace siphon {

// A point on the monotonic clock, in nanoseconds from an arbitrary zero.
using MonoNanos = int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time; may jump.
  virtual absl::Time Now() = 0;
  // Never goes back.
  virtual MonoNanos Monotonic() = 0;

  // The system's clocks; never destroyed.
  static Clock& Real();
};

}  // namespace siphon

#endif  // SIPHON_BASE_CLOCK_H_
