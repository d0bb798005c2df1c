// Conversions of a wait's length to what the system calls take, rounded up: a timer is due when the
// wait for it ends, and a loop does not spin through the last fraction. Longer than a day becomes a
// day.
#ifndef SIPHON_EVENT_WAIT_TIME_H_
#define SIPHON_EVENT_WAIT_TIME_H_

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "absl/time/time.h"

namespace siphon {

inline constexpr absl::Duration kLongestWait = absl::Hours(24);

// Whole milliseconds; negative (for ever) becomes -1.
inline int WaitMillis(absl::Duration timeout) {
  if (timeout < absl::ZeroDuration()) return -1;
  timeout = std::min(timeout, kLongestWait);
  int64_t millis = absl::ToInt64Milliseconds(timeout);
  if (absl::Milliseconds(millis) < timeout) ++millis;
  return static_cast<int>(millis);
}

// Whole nanoseconds, of a `timeout` that is not negative.
inline timespec WaitTimespec(absl::Duration timeout) {
  timeout = std::min(timeout, kLongestWait);
  int64_t nanos = absl::ToInt64Nanoseconds(timeout);
  if (absl::Nanoseconds(nanos) < timeout) ++nanos;
  return {.tv_sec = nanos / 1'000'000'000, .tv_nsec = nanos % 1'000'000'000};
}

}  // namespace siphon

#endif  // SIPHON_EVENT_WAIT_TIME_H_
