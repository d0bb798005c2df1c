#include "msg/throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Writes its name down when it is granted.
class NamedWaiter final : public Throttle::Waiter {
 public:
  NamedWaiter(std::string name, std::vector<std::string>* granted)
      : name_(std::move(name)), granted_(granted) {}
  void OnGranted() override { granted_->push_back(name_); }

 private:
  const std::string name_;
  std::vector<std::string>* const granted_;
};

class ThrottleTest : public ::testing::Test {
 protected:
  std::unique_ptr<NamedWaiter> Waiter(std::string name) {
    return std::make_unique<NamedWaiter>(std::move(name), &granted_);
  }
  uint64_t current() const { return throttle_.stats().current; }

  std::vector<std::string> granted_;
  Throttle throttle_{"test", 100};
};

TEST_F(ThrottleTest, GivesUpToItsLimitAndNotMore) {
  EXPECT_TRUE(throttle_.TryTake(60));
  EXPECT_FALSE(throttle_.TryTake(41));
  EXPECT_TRUE(throttle_.TryTake(40));
  EXPECT_FALSE(throttle_.TryTake(1));
  throttle_.Put(1);
  EXPECT_TRUE(throttle_.TryTake(1));
  EXPECT_EQ(current(), 100u);
}

TEST_F(ThrottleTest, LetsOneOversizedRequestPassWhileUsageIsNotAboveTheLimit) {
  EXPECT_TRUE(throttle_.TryTake(100));
  EXPECT_TRUE(throttle_.TryTake(5000));
  EXPECT_FALSE(throttle_.TryTake(5000));
  EXPECT_FALSE(throttle_.TryTake(1));
  throttle_.Put(5000);
  EXPECT_FALSE(throttle_.TryTake(100)) << "a request of the limit itself is not oversized";
  EXPECT_TRUE(throttle_.TryTake(UINT64_MAX - 100));
}

TEST_F(ThrottleTest, ALimitOfZeroIsNone) {
  throttle_.SetMax(0);
  EXPECT_TRUE(throttle_.TryTake(uint64_t{1} << 40));
  EXPECT_TRUE(throttle_.TryTake(uint64_t{1} << 40));
  const auto waiter = Waiter("a");
  EXPECT_TRUE(throttle_.TakeOrWait(1, waiter.get()));
}

TEST_F(ThrottleTest, WakesTheOldestWaiterFirstAndLetsNobodyOvertake) {
  const auto a = Waiter("a"), b = Waiter("b"), c = Waiter("c");
  EXPECT_TRUE(throttle_.TryTake(100));
  EXPECT_FALSE(throttle_.TakeOrWait(50, a.get()));
  EXPECT_FALSE(throttle_.TakeOrWait(10, b.get()));
  EXPECT_FALSE(throttle_.TakeOrWait(50, c.get()));
  throttle_.Put(20);  // enough for b, but a was first
  EXPECT_THAT(granted_, IsEmpty());
  EXPECT_FALSE(throttle_.TryTake(1));
  throttle_.Put(40);
  EXPECT_THAT(granted_, ElementsAre("a", "b"));
  EXPECT_EQ(current(), 100u);
  throttle_.Put(100);
  EXPECT_THAT(granted_, ElementsAre("a", "b", "c"));
  EXPECT_EQ(current(), 50u);
}

TEST_F(ThrottleTest, TakesAtOnceWhatFitsAndThenTellsNobody) {
  const auto a = Waiter("a");
  EXPECT_TRUE(throttle_.TakeOrWait(50, a.get()));
  EXPECT_EQ(current(), 50u);
  EXPECT_FALSE(throttle_.Cancel(a.get()));
  throttle_.Put(50);
  EXPECT_THAT(granted_, IsEmpty());
}

TEST_F(ThrottleTest, ACancelledWaiterGetsNothingAndMakesRoomForThoseBehind) {
  const auto big = Waiter("big"), small = Waiter("small");
  EXPECT_TRUE(throttle_.TryTake(50));
  EXPECT_FALSE(throttle_.TakeOrWait(100, big.get()));
  EXPECT_FALSE(throttle_.TakeOrWait(10, small.get()));
  EXPECT_TRUE(throttle_.Cancel(big.get()));
  EXPECT_THAT(granted_, ElementsAre("small"));
  EXPECT_EQ(current(), 60u);
  EXPECT_FALSE(throttle_.Cancel(big.get()));
  EXPECT_FALSE(throttle_.Cancel(small.get()));
}

TEST_F(ThrottleTest, AHigherLimitGrantsWhatNowFits) {
  const auto a = Waiter("a"), b = Waiter("b");
  EXPECT_TRUE(throttle_.TryTake(100));
  EXPECT_FALSE(throttle_.TakeOrWait(50, a.get()));
  EXPECT_FALSE(throttle_.TakeOrWait(60, b.get()));
  throttle_.SetMax(150);
  EXPECT_THAT(granted_, ElementsAre("a"));
  throttle_.SetMax(0);
  EXPECT_THAT(granted_, ElementsAre("a", "b"));
}

TEST_F(ThrottleTest, ALowerLimitTakesNothingAway) {
  EXPECT_TRUE(throttle_.TryTake(80));
  throttle_.SetMax(50);
  EXPECT_FALSE(throttle_.TryTake(1));
  throttle_.Put(40);
  EXPECT_TRUE(throttle_.TryTake(10));
}

TEST_F(ThrottleTest, TakeIgnoresTheLimitAndTheWaiters) {
  const auto a = Waiter("a");
  throttle_.Take(100);
  EXPECT_FALSE(throttle_.TakeOrWait(1, a.get()));
  throttle_.Take(50);
  EXPECT_EQ(current(), 150u);
  throttle_.Put(50);
  EXPECT_THAT(granted_, IsEmpty());
}

TEST_F(ThrottleTest, CountsWhatItDid) {
  const auto a = Waiter("a");
  EXPECT_TRUE(throttle_.TryTake(100));
  EXPECT_FALSE(throttle_.TakeOrWait(30, a.get()));
  EXPECT_EQ(throttle_.stats().waiters, 1u);
  throttle_.Put(100);
  const Throttle::Stats stats = throttle_.stats();
  EXPECT_EQ(stats.max, 100u);
  EXPECT_EQ(stats.current, 30u);
  EXPECT_EQ(stats.waiters, 0u);
  EXPECT_EQ(stats.taken_total, 130u);
  EXPECT_EQ(stats.put_total, 100u);
  EXPECT_EQ(stats.waits_total, 1u);
}

TEST_F(ThrottleTest, DiesWhenMoreIsGivenBackThanWasTaken) {
  throttle_.Take(1);
  EXPECT_DEATH(throttle_.Put(2), "throttle test: more was given back than was taken");
}

TEST(ThrottleShareTest, IsGivenBackOnceWhereverItEnds) {
  const auto throttle = std::make_shared<Throttle>("test", 100);
  throttle->Take(30);
  {
    ThrottleShare share(throttle, 30);
    ThrottleShare moved(std::move(share));
    EXPECT_EQ(share.amount(), 0u);
    EXPECT_EQ(moved.amount(), 30u);
    share = std::move(moved);
    EXPECT_EQ(throttle->stats().current, 30u);
  }
  EXPECT_EQ(throttle->stats().current, 0u);
  throttle->Take(20);
  throttle->Take(5);
  ThrottleShare first(throttle, 20);
  first = ThrottleShare(throttle, 5);
  EXPECT_EQ(throttle->stats().current, 5u);
  first.Release();
  first.Release();
  EXPECT_EQ(throttle->stats().current, 0u);
}

// One who asks, waits for the answer and gives back, over and over; cancels half of its waits.
class Hammer final : public Throttle::Waiter {
 public:
  Hammer(Throttle* throttle, unsigned seed) : throttle_(throttle), seed_(seed) {}

  void OnGranted() override {
    MutexLock lock(mutex_);
    granted_ = true;
    changed_.Signal();
  }

  void Run(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      seed_ = seed_ * 1664525 + 1013904223;
      const uint64_t amount = 1 + (seed_ >> 16) % 120;  // some are oversized
      if (!throttle_->TakeOrWait(amount, this)) {
        if ((seed_ >> 8) % 2 == 0 && throttle_->Cancel(this)) continue;
        MutexLock lock(mutex_);
        while (!granted_) changed_.Wait(mutex_);
        granted_ = false;
      }
      std::this_thread::yield();
      throttle_->Put(amount);
    }
  }

 private:
  Throttle* const throttle_;
  unsigned seed_;
  Mutex mutex_;
  CondVar changed_;
  bool granted_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST(ThrottleThreadsTest, GrantsAndCancelsRaceWithoutLosingAShareOrAWaiter) {
  Throttle throttle("test", 100);
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&throttle, t] {
      Hammer hammer(&throttle, t);
      hammer.Run(4000);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Throttle::Stats stats = throttle.stats();
  EXPECT_EQ(stats.current, 0u);
  EXPECT_EQ(stats.waiters, 0u);
  EXPECT_EQ(stats.taken_total, stats.put_total);
  EXPECT_TRUE(throttle.TryTake(100));
}

}  // namespace
}  // namespace siphon
