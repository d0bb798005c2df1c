#include "base/clock.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(ClockTest, MonotonicNeverGoesBackAndMovesOn) {
  Clock& clock = Clock::Real();
  const MonoNanos begin = clock.Monotonic();
  MonoNanos last = begin;
  while (last == begin) {
    const MonoNanos now = clock.Monotonic();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(ClockTest, NowIsWallClockTime) {
  EXPECT_GT(Clock::Real().Now(), absl::FromUnixSeconds(1.6e9));
}

}  // namespace
}  // namespace siphon
