// SimClock: time that moves only when the simulator says so.
//
// Threads: one.
#ifndef SIPHON_TESTING_SIM_SIM_CLOCK_H_
#define SIPHON_TESTING_SIM_SIM_CLOCK_H_

#include <limits>

#include "absl/time/time.h"
#include "base/clock.h"

namespace siphon {

// A time that never comes.
inline constexpr MonoNanos kNever = std::numeric_limits<MonoNanos>::max();

class SimClock final : public Clock {
 public:
  absl::Time Now() override {
    return absl::FromUnixSeconds(1600000000) + absl::Nanoseconds(mono_) + wall_offset_;
  }
  MonoNanos Monotonic() override { return mono_; }

  MonoNanos now() const { return mono_; }
  void Advance(MonoNanos nanos) { mono_ += nanos; }
  // No step back.
  void AdvanceTo(MonoNanos at) {
    if (at > mono_) mono_ = at;
  }
  // Sets the wall clock forth or back; the monotonic one does not notice.
  void JumpWall(absl::Duration by) { wall_offset_ += by; }

 private:
  MonoNanos mono_ = 1'000'000'000;
  absl::Duration wall_offset_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_CLOCK_H_
