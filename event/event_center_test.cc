#include "event/event_center.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event_center_fixture.h"
#include "event/event_driver.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Hook : public EndOfRoundHook {
 public:
  explicit Hook(std::function<void()> run) : run_(std::move(run)) {}
  void OnEndOfRound() override { run_(); }

 private:
  const std::function<void()> run_;
};

TEST_F(EventCenterTest, RunsFilesThenTimersThenPostedThenHooks) {
  Hook hook([&] { log_.push_back("hook"); });
  center_.AtEndOfRound(&hook);
  center_.Post(Log("posted"));
  center_.CreateTimeEvent(kZero, Log("timer"));
  ASSERT_TRUE(center_.CreateFileEvent(5, kEventReadable | kEventWritable, &recorder_).ok());
  driver_->ready = {{5, kEventReadable | kEventWritable}};
  EXPECT_EQ(Round(), 4);
  EXPECT_THAT(log_, ElementsAre("r5", "w5", "timer", "posted", "hook"));
}

TEST_F(EventCenterTest, WidensAndNarrowsAWatch) {
  using Change = FakeDriver::Change;
  ASSERT_TRUE(center_.CreateFileEvent(7, kEventReadable, &recorder_).ok());
  ASSERT_TRUE(center_.CreateFileEvent(7, kEventReadable, &recorder_).ok());
  ASSERT_TRUE(center_.CreateFileEvent(7, kEventWritable, &recorder_).ok());
  center_.DeleteFileEvent(7, kEventReadable);
  center_.DeleteFileEvent(7, kEventReadable);
  center_.DeleteFileEvent(7, kEventReadable | kEventWritable);
  center_.DeleteFileEvent(7, kEventReadable);
  center_.DeleteFileEvent(-1, kEventReadable);
  center_.DeleteFileEvent(1'000'000, kEventReadable);
  EXPECT_THAT(driver_->updates,
              ElementsAre(Change{7, 0, 1}, Change{7, 1, 3}, Change{7, 3, 2}, Change{7, 2, 0}));
}

TEST_F(EventCenterTest, AWatchThatTheDriverRefusesDoesNotBegin) {
  driver_->next_update = absl::ResourceExhaustedError("full");
  EXPECT_TRUE(absl::IsResourceExhausted(center_.CreateFileEvent(7, kEventReadable, &recorder_)));
  driver_->ready = {{7, kEventReadable}};
  EXPECT_EQ(Round(), 0);
}

TEST_F(EventCenterTest, CallsOnlyForWhatIsWatched) {
  ASSERT_TRUE(center_.CreateFileEvent(5, kEventReadable, &recorder_).ok());
  driver_->ready = {{5, kEventReadable | kEventWritable}, {6, kEventReadable}};
  EXPECT_EQ(Round(), 1);
  EXPECT_THAT(log_, ElementsAre("r5"));
}

TEST_F(EventCenterTest, AHandlerMayEndItsOwnWatch) {
  ASSERT_TRUE(center_.CreateFileEvent(5, kEventReadable | kEventWritable, &recorder_).ok());
  recorder_.on_readable = [&] { center_.DeleteFileEvent(5, kEventReadable | kEventWritable); };
  driver_->ready = {{5, kEventReadable | kEventWritable}};
  EXPECT_EQ(Round(), 1);
  EXPECT_THAT(log_, ElementsAre("r5"));
}

TEST_F(EventCenterTest, AHandlerMayBeginWatchesFarBeyondTheTable) {
  ASSERT_TRUE(center_.CreateFileEvent(5, kEventReadable | kEventWritable, &recorder_).ok());
  Recorder other(&log_);
  recorder_.on_readable = [&] {
    ASSERT_TRUE(center_.CreateFileEvent(9000, kEventReadable, &other).ok());
  };
  driver_->ready = {{5, kEventReadable | kEventWritable}, {9000, kEventReadable}};
  EXPECT_EQ(Round(), 2);  // the new watch begins with the next round
  driver_->ready = {{9000, kEventReadable}};
  EXPECT_EQ(Round(), 1);
  EXPECT_THAT(log_, ElementsAre("r5", "w5", "r9000"));
}

TEST_F(EventCenterTest, RunsPostedTasksInOrderAndThoseTheyPostInTheNextRound) {
  center_.Post([&] {
    log_.push_back("1");
    center_.Post(Log("3"));
  });
  center_.Post(Log("2"));
  EXPECT_TRUE(center_.HasImmediateWork());
  EXPECT_EQ(Round(absl::Seconds(1)), 2);
  EXPECT_EQ(driver_->waits.back(), kZero);
  EXPECT_TRUE(center_.HasImmediateWork());
  EXPECT_EQ(Round(absl::Seconds(1)), 1);
  EXPECT_FALSE(center_.HasImmediateWork());
  EXPECT_THAT(log_, ElementsAre("1", "2", "3"));
}

TEST_F(EventCenterTest, RunsWhatHandlersAndTimersPostInTheSameRound) {
  ASSERT_TRUE(center_.CreateFileEvent(5, kEventReadable, &recorder_).ok());
  recorder_.on_readable = [&] { center_.Post(Log("from file")); };
  center_.CreateTimeEvent(kZero, [&] { center_.Post(Log("from timer")); });
  driver_->ready = {{5, kEventReadable}};
  EXPECT_EQ(Round(), 4);
  EXPECT_THAT(log_, ElementsAre("r5", "from file", "from timer"));
}

TEST_F(EventCenterTest, LetsGoOfATaskAsSoonAsItHasRun) {
  auto held = std::make_shared<int>();
  std::weak_ptr<int> watch = held;
  center_.Post([held = std::move(held)] {});
  center_.Post([&] { EXPECT_TRUE(watch.expired()); });
  EXPECT_EQ(Round(), 2);
}

TEST_F(EventCenterTest, WakesTheDriverOnlyWhenItSleeps) {
  center_.Post(Log("from the owner"));
  std::thread([&] { center_.Post(Log("awake")); }).join();
  EXPECT_EQ(driver_->wakes, 0);
  EXPECT_EQ(Round(), 2);
  // Asleep: the first of three tasks wakes.
  driver_->during_wait = [&] {
    std::thread([&] {
      for (const char* word : {"a", "b", "c"}) center_.Post(Log(word));
    }).join();
  };
  log_.clear();
  EXPECT_EQ(Round(absl::Seconds(1)), 3);
  EXPECT_EQ(driver_->wakes, 1);
  EXPECT_THAT(log_, ElementsAre("a", "b", "c"));
  // A round that does not sleep needs no wake either.
  EXPECT_EQ(Round(kZero), 3);
  EXPECT_EQ(driver_->wakes, 1);
}

TEST_F(EventCenterTest, SubmitRunsAtOnceInTheCenterAndPostsElsewhere) {
  center_.Submit(Log("here"));
  center_.SubmitAndWait(Log("here too"));
  EXPECT_THAT(log_, ElementsAre("here", "here too"));
  std::thread([&] { center_.Submit(Log("there")); }).join();
  EXPECT_EQ(log_.size(), 2u);
  EXPECT_EQ(Round(), 1);
  EXPECT_EQ(log_.back(), "there");
}

TEST_F(EventCenterTest, AnotherCentersRoundOnTheSameThreadIsNotInThisCenter) {
  EventCenter other("other", std::make_unique<FakeDriver>(&clock_), &clock_);
  other.SetOwner();
  EXPECT_TRUE(center_.InCenter());
  EXPECT_EQ(EventCenter::Current(), nullptr);
  other.Post([&] {
    EXPECT_FALSE(center_.InCenter());
    EXPECT_TRUE(other.InCenter());
    EXPECT_EQ(EventCenter::Current(), &other);
    center_.Submit(Log("posted"));
  });
  EXPECT_EQ(other.ProcessEvents(kZero), 1);
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_EQ(Round(), 1);
  std::thread([&] { EXPECT_FALSE(center_.InCenter()); }).join();
}

TEST_F(EventCenterTest, RunsAHookOncePerRoundHoweverOftenItAsked) {
  int runs = 0;
  Hook hook([&] { ++runs; });
  center_.AtEndOfRound(&hook);
  center_.AtEndOfRound(&hook);
  EXPECT_TRUE(center_.HasImmediateWork());
  EXPECT_EQ(Round(absl::Seconds(1)), 0);
  EXPECT_EQ(driver_->waits.back(), kZero);
  EXPECT_EQ(runs, 1);
  Round();
  EXPECT_EQ(runs, 1);
}

TEST_F(EventCenterTest, AHookThatAsksAgainRunsInTheNextRoundWhichDoesNotSleep) {
  int runs = 0;
  std::optional<Hook> hook;
  hook.emplace([&] {
    if (++runs < 3) center_.AtEndOfRound(&*hook);
  });
  center_.AtEndOfRound(&*hook);
  for (int round = 1; round <= 4; ++round) {
    Round(absl::Seconds(1));
    EXPECT_EQ(runs, std::min(round, 3));
    EXPECT_EQ(driver_->waits.back(), round <= 3 ? kZero : absl::Seconds(1));
  }
}

TEST_F(EventCenterTest, ACancelledHookDoesNotRunEvenWhenAnotherHookCancelsIt) {
  Hook outside([&] { log_.push_back("outside"); });
  center_.AtEndOfRound(&outside);
  center_.CancelEndOfRound(&outside);
  auto victim = std::make_unique<Hook>([&] { log_.push_back("victim"); });
  Hook killer([&] {
    log_.push_back("killer");
    center_.CancelEndOfRound(victim.get());
    victim.reset();
  });
  Hook last([&] { log_.push_back("last"); });
  for (EndOfRoundHook* hook :
       {static_cast<EndOfRoundHook*>(&killer), static_cast<EndOfRoundHook*>(victim.get()),
        static_cast<EndOfRoundHook*>(&last)}) {
    center_.AtEndOfRound(hook);
  }
  Round();
  EXPECT_THAT(log_, ElementsAre("killer", "last"));
  center_.AtEndOfRound(&outside);
  Round();
  EXPECT_THAT(log_, ElementsAre("killer", "last", "outside"));
}

TEST_F(EventCenterTest, CountsTheWorkButNotTheWait) {
  driver_->during_wait = [&] { clock_.Advance(absl::Seconds(5)); };
  center_.Post([&] { clock_.Advance(absl::Milliseconds(3)); });
  absl::Duration working;
  EXPECT_EQ(center_.ProcessEvents(absl::Seconds(9), &working), 1);
  EXPECT_EQ(working, absl::Milliseconds(3));
}

TEST_F(EventCenterTest, ReadsTheClockOnlyForTimersAndForWhoCounts) {
  center_.Post(Log("task"));
  Round(absl::Seconds(1));
  EXPECT_EQ(clock_.reads, 0);
  absl::Duration working;
  center_.ProcessEvents(absl::Seconds(1), &working);
  EXPECT_EQ(clock_.reads, 2);
}

TEST_F(EventCenterTest, TheDestructorRunsWhatIsPostedInTheCenter) {
  auto center =
      std::make_unique<EventCenter>("doomed", std::make_unique<FakeDriver>(&clock_), &clock_);
  EventCenter* const doomed = center.get();
  Hook hook([&] { log_.push_back("hook"); });
  center->Post([&] {
    EXPECT_TRUE(doomed->InCenter());
    log_.push_back("first");
    doomed->AtEndOfRound(&hook);
    doomed->Post(Log("second"));
  });
  center.reset();
  EXPECT_THAT(log_, ElementsAre("first", "second"));
}

TEST_F(EventCenterTest, TheDestructorOutlastsATaskThatPostsItselfForEver) {
  auto center =
      std::make_unique<EventCenter>("doomed", std::make_unique<FakeDriver>(&clock_), &clock_);
  int runs = 0;
  std::function<void()> again = [&, doomed = center.get()] {
    ++runs;
    doomed->Post([&] { again(); });
  };
  again();
  center.reset();
  EXPECT_GT(runs, 100);
}

using EventCenterDeathTest = EventCenterTest;

TEST_F(EventCenterDeathTest, RefusesOtherThreadsAndASecondHandler) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(std::thread([&] { Round(); }).join(), "not its owner");
  EXPECT_DEATH(std::thread([&] { center_.SetOwner(); }).join(), "owned by another thread");
  EXPECT_DEATH(
      {
        Recorder other(&log_);
        (void)center_.CreateFileEvent(5, kEventReadable, &recorder_);
        (void)center_.CreateFileEvent(5, kEventWritable, &other);
      },
      "already has another handler");
}

}  // namespace
}  // namespace siphon
