// The timers of an EventCenter.
#include <functional>
#include <limits>

#include "absl/time/time.h"
#include "base/clock.h"
#include "event/event_center.h"
#include "event/event_center_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;

TEST_F(EventCenterTest, RunsTimersInTheOrderOfTheirTimes) {
  center_.CreateTimeEvent(absl::Milliseconds(20), Log("20"));
  center_.CreateTimeEvent(absl::Milliseconds(10), Log("10a"));
  center_.CreateTimeEvent(absl::Milliseconds(10), Log("10b"));
  center_.CreateTimeEvent(absl::Milliseconds(21), Log("21"));
  clock_.Advance(absl::Milliseconds(20));
  EXPECT_EQ(Round(), 3);
  EXPECT_THAT(log_, ElementsAre("10a", "10b", "20"));
}

TEST_F(EventCenterTest, NeverRunsATimerBeforeItsTime) {
  center_.CreateTimeEvent(absl::Milliseconds(10), Log("10"));
  clock_.Advance(absl::Milliseconds(10) - absl::Nanoseconds(1));
  EXPECT_EQ(Round(), 0);
  clock_.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(Round(), 1);
  // A quarter of a nanosecond is rounded up as well.
  center_.CreateTimeEvent(absl::Nanoseconds(1) / 4, Log("later"));
  EXPECT_EQ(Round(), 0);
}

TEST_F(EventCenterTest, ATimerMadeInARoundRunsInTheNextOneAtTheEarliest) {
  std::function<void()> again = [&] {
    log_.push_back("again");
    center_.CreateTimeEvent(absl::Milliseconds(-5), [&] { again(); });
  };
  center_.CreateTimeEvent(kZero, [&] { again(); });
  EXPECT_EQ(Round(), 1);
  EXPECT_EQ(Round(absl::Seconds(1)), 1);
  EXPECT_EQ(driver_->waits.back(), kZero);  // it is due: no sleep
  EXPECT_THAT(log_, ElementsAre("again", "again"));
}

TEST_F(EventCenterTest, DeletesTimersAndIgnoresUnknownOnes) {
  const TimerId a = center_.CreateTimeEvent(kZero, Log("a"));
  const TimerId c = center_.CreateTimeEvent(absl::Milliseconds(2), Log("c"));
  // One due timer deletes another one and itself.
  TimerId b = 0;
  b = center_.CreateTimeEvent(absl::Milliseconds(1), [&] {
    log_.push_back("b");
    center_.DeleteTimeEvent(c);
    center_.DeleteTimeEvent(b);
  });
  EXPECT_TRUE(a != b && b != c && a != c && a != 0);
  center_.DeleteTimeEvent(a);
  center_.DeleteTimeEvent(a);
  center_.DeleteTimeEvent(0);
  center_.DeleteTimeEvent(12345);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Round(), 1);
  EXPECT_THAT(log_, ElementsAre("b"));
}

TEST_F(EventCenterTest, TellsWhenTheNextTimerIsDue) {
  EXPECT_EQ(center_.NextTimer(), std::numeric_limits<MonoNanos>::max());
  const MonoNanos now = clock_.Monotonic();
  center_.CreateTimeEvent(absl::InfiniteDuration(), Log("never"));
  EXPECT_EQ(center_.NextTimer(), std::numeric_limits<MonoNanos>::max());
  center_.CreateTimeEvent(absl::Seconds(7), Log("7"));
  center_.CreateTimeEvent(absl::Seconds(3), Log("3"));
  EXPECT_EQ(center_.NextTimer(), now + 3'000'000'000);
}

TEST_F(EventCenterTest, WaitsUntilTheNextTimerAndNoLongerThanAsked) {
  Round(absl::Hours(1));
  EXPECT_EQ(driver_->waits.back(), EventCenter::kMaxWait);
  Round(absl::Seconds(2));
  EXPECT_EQ(driver_->waits.back(), absl::Seconds(2));
  Round(absl::Seconds(-2));
  EXPECT_EQ(driver_->waits.back(), kZero);
  center_.CreateTimeEvent(absl::Milliseconds(1500), Log("timer"));
  EXPECT_EQ(Round(absl::Seconds(2)), 1);
  EXPECT_EQ(driver_->waits.back(), absl::Milliseconds(1500));
}

}  // namespace
}  // namespace siphon
