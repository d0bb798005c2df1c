#include "services/common/event_center_timer.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "testing/fakes/event_loop_thread.h"

namespace siphon {
namespace {

TEST(EventCenterTimerTest, RunsTasksInTheOrderOfTheirTimes) {
  EventLoopThread loop;
  EventCenterTimer timer(loop.center());
  std::string order;  // the loop's thread only
  Notification done;
  timer.After(absl::Milliseconds(20), [&] {
    order += "b";
    done.Notify();
  });
  timer.After(absl::Milliseconds(1), [&] { order += "a"; });
  done.WaitForNotification();
  EXPECT_EQ(order, "ab");
}

TEST(EventCenterTimerTest, ACancelledTaskDoesNotRunAndIsDestroyedAtOnce) {
  EventLoopThread loop;
  EventCenterTimer timer(loop.center());
  auto held = std::make_shared<int>(0);
  const Timer::Id id = timer.After(absl::Milliseconds(1), [held] { ++*held; });
  const Timer::Id far = timer.After(absl::Hours(1), [held] { ++*held; });
  timer.Cancel(far);
  timer.Cancel(id);
  timer.Drain();
  EXPECT_LE(*held, 1);  // it may have run before it was cancelled
  EXPECT_EQ(held.use_count(), 1);
}

TEST(EventCenterTimerTest, ATaskMayCancelAndScheduleOthers) {
  EventLoopThread loop;
  EventCenterTimer timer(loop.center());
  Notification done;
  const Timer::Id other = timer.After(absl::Hours(1), [] { FAIL(); });
  timer.After(absl::ZeroDuration(), [&] {
    timer.Cancel(other);
    timer.After(absl::ZeroDuration(), [&] { done.Notify(); });
  });
  done.WaitForNotification();
}

TEST(EventCenterTimerTest, ForgetsWhatIsLeftWhenItIsDestroyed) {
  EventLoopThread loop;
  auto held = std::make_shared<int>(0);
  {
    EventCenterTimer timer(loop.center());
    timer.After(absl::Hours(1), [held] { ++*held; });
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace siphon
