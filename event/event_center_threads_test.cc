// EventCenters on threads of their own, over the real drivers.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "event/event_center.h"
#include "event/make_event_driver.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

class ThreadedCenterTest : public testing::TestWithParam<const char*> {
 protected:
  static constexpr int kCenters = 4;

  void SetUp() override {
    for (int i = 0; i < kCenters; ++i) {
      auto driver = MakeEventDriver(GetParam());
      ASSERT_TRUE(driver.ok());
      centers_.push_back(std::make_unique<EventCenter>("center-" + std::to_string(i),
                                                       *std::move(driver), &Clock::Real()));
      threads_.emplace_back([this, center = centers_.back().get()] {
        center->SetOwner();
        while (!stop_) center->ProcessEvents(EventCenter::kMaxWait);
        center->ClearOwner();
      });
    }
  }
  void TearDown() override {
    stop_ = true;
    for (auto& center : centers_) center->Wake();
    for (auto& thread : threads_) thread.join();
  }

  std::atomic<bool> stop_{false};
  std::vector<std::unique_ptr<EventCenter>> centers_;
  std::vector<std::thread> threads_;
};

TEST_P(ThreadedCenterTest, RunsEveryTaskThatManyThreadsPost) {
  constexpr int kPosters = 4;
  constexpr int kTasks = 10'000;
  std::vector<int> ran(kCenters, 0);  // each written by its center's thread only
  std::vector<std::thread> posters;
  for (int p = 0; p < kPosters; ++p) {
    posters.emplace_back([&, p] {
      for (int i = 0; i < kTasks; ++i) {
        const size_t to = static_cast<size_t>((i + p) % kCenters);
        centers_[to]->Post([&ran, to] { ++ran[to]; });
      }
    });
  }
  for (auto& poster : posters) poster.join();
  for (auto& center : centers_) center->SubmitAndWait([] {});  // posted last, so it runs last
  for (int count : ran) EXPECT_EQ(count, kPosters * kTasks / kCenters);
}

TEST_P(ThreadedCenterTest, LosesNoTaskWhenPostsRaceWithTheLoopGoingToSleep) {
  // Each post meets the loop at another point of its way to sleep. A lost wake would hold a round
  // trip up for kMaxWait, which this many rounds could not afford.
  constexpr int kRounds = 20'000;
  int64_t sum = 0;
  for (int i = 0; i < kRounds; ++i) {
    centers_[static_cast<size_t>(i % kCenters)]->SubmitAndWait([&sum, i] { sum += i; });
  }
  EXPECT_EQ(sum, int64_t{kRounds} * (kRounds - 1) / 2);
}

TEST_P(ThreadedCenterTest, CentersPassATaskAroundWithoutAnOutsideWake) {
  constexpr int kHops = 5000;
  Notification done;
  std::function<void(int)> hop = [&](int n) {
    if (n == kHops) {
      done.Notify();
      return;
    }
    centers_[static_cast<size_t>(n % kCenters)]->Post([&hop, n] { hop(n + 1); });
  };
  hop(0);
  EXPECT_TRUE(done.WaitForNotificationWithTimeout(EventCenter::kMaxWait));
}

INSTANTIATE_TEST_SUITE_P(Drivers, ThreadedCenterTest, testing::Values("epoll", "poll"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace siphon
