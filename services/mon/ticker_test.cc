#include "services/mon/ticker.h"

#include <atomic>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "gtest/gtest.h"

namespace siphon::mon {
namespace {

TEST(TickerTest, TicksAgainAndAgainUntilItIsStopped) {
  Ticker ticker;
  std::atomic<int> ticks{0};
  Notification third;
  ticker.Start(absl::Milliseconds(1), [&] {
    if (++ticks == 3) third.Notify();
  });
  third.WaitForNotification();
  ticker.Stop();
  const int after = ticks;
  ticker.Stop();
  EXPECT_EQ(ticks, after);
}

TEST(TickerTest, StopsWithoutWaitingForTheInterval) {
  Ticker ticker;
  ticker.Start(absl::Hours(1), [] {});
  ticker.Stop();
}

}  // namespace
}  // namespace siphon::mon
