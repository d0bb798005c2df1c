#include "base/mutex.h"

#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(MutexTest, KeepsIncrementsOfManyThreadsApart) {
  struct {
    Mutex mutex;
    int count ABSL_GUARDED_BY(mutex) = 0;
  } shared;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10000; ++j) {
        MutexLock lock(shared.mutex);
        ++shared.count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  MutexLock lock(shared.mutex);
  EXPECT_EQ(shared.count, 40000);
}

TEST(CondVarTest, HandsTurnsFromThreadToThread) {
  struct {
    Mutex mutex;
    CondVar changed;
    int turn ABSL_GUARDED_BY(mutex) = 0;
  } shared;
  const auto play = [&](int parity) {
    for (int i = 0; i < 100; ++i) {
      MutexLock lock(shared.mutex);
      while (shared.turn % 2 != parity) shared.changed.Wait(shared.mutex);
      ++shared.turn;
      shared.changed.SignalAll();
    }
  };
  std::thread other([&] { play(1); });
  play(0);
  other.join();
  MutexLock lock(shared.mutex);
  EXPECT_EQ(shared.turn, 200);
}

TEST(CondVarTest, WaitForEndsWithoutASignal) {
  Mutex mutex;
  CondVar changed;
  MutexLock lock(mutex);
  // Waits may wake without cause, but not for ever.
  while (changed.WaitFor(mutex, absl::Milliseconds(1))) {
  }
  SUCCEED();
}

TEST(NotificationTest, WakesEveryWaiter) {
  Notification event;
  EXPECT_FALSE(event.HasBeenNotified());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { event.WaitForNotification(); });
  event.Notify();
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(event.HasBeenNotified());
  event.WaitForNotification();
}

TEST(NotificationTest, GivesUpAfterItsTimeout) {
  Notification event;
  EXPECT_FALSE(event.WaitForNotificationWithTimeout(absl::Milliseconds(1)));
  event.Notify();
  EXPECT_TRUE(event.WaitForNotificationWithTimeout(absl::ZeroDuration()));
}

}  // namespace
}  // namespace siphon
