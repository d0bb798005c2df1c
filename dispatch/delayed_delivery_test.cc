#include "dispatch/delayed_delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "event/event_center.h"
#include "event/event_driver.h"
#include "msg/message.h"
#include "msg/throttle.h"
#include "testing/messages/raw_message.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HandClock final : public Clock {
 public:
  absl::Time Now() override { return absl::UnixEpoch() + absl::Nanoseconds(now_); }
  MonoNanos Monotonic() override { return now_; }
  void Advance(absl::Duration d) { now_ += absl::ToInt64Nanoseconds(d); }

 private:
  MonoNanos now_ = 0;
};

// Watches nothing and never sleeps.
class NoDriver final : public EventDriver {
 public:
  std::string_view name() const override { return "none"; }
  absl::Status Init(int) override { return absl::OkStatus(); }
  absl::Status Update(int, EventMask, EventMask) override { return absl::OkStatus(); }
  void Wait(absl::Duration, std::vector<FiredEvent>* fired) override { fired->clear(); }
  void Wake() override {}
};

class DelayedDeliveryTest : public ::testing::Test {
 protected:
  DelayedDeliveryTest()
      : center_("test", std::make_unique<NoDriver>(), &clock_),
        delayed_(&center_, [this](MessagePtr message) {
          delivered_.push_back(MessageAs<RawMessage>(*message).body().ToString());
          if (on_delivery_) on_delivery_();
        }) {
    center_.SetOwner();
  }
  ~DelayedDeliveryTest() override {
    delayed_.Discard();
    center_.ClearOwner();
  }

  void Queue(const std::string& body, absl::Duration delay) {
    delayed_.Queue(RawMessage::Make(body, 127), delay);
  }
  void PassTime(absl::Duration d) {
    clock_.Advance(d);
    center_.ProcessEvents(absl::ZeroDuration());
  }

  HandClock clock_;
  EventCenter center_;
  std::vector<std::string> delivered_;
  std::function<void()> on_delivery_;
  DelayedDelivery delayed_;
};

TEST_F(DelayedDeliveryTest, DeliversWhenTheDelayHasPassedNotBefore) {
  Queue("a", absl::Milliseconds(10));
  PassTime(absl::Milliseconds(9));
  EXPECT_THAT(delivered_, IsEmpty());
  PassTime(absl::Milliseconds(1));
  EXPECT_THAT(delivered_, ElementsAre("a"));
  EXPECT_TRUE(delayed_.empty());
}

TEST_F(DelayedDeliveryTest, KeepsTheOrderWhateverTheDelays) {
  Queue("a", absl::Milliseconds(30));
  Queue("b", absl::Milliseconds(10));
  Queue("c", absl::ZeroDuration());
  PassTime(absl::ZeroDuration());
  EXPECT_THAT(delivered_, ElementsAre("a"));
  PassTime(absl::Milliseconds(10));
  EXPECT_THAT(delivered_, ElementsAre("a", "b"));
  PassTime(absl::Milliseconds(20));
  EXPECT_THAT(delivered_, ElementsAre("a", "b", "c"));
}

TEST_F(DelayedDeliveryTest, FlushDeliversAllAtOnceAndLeavesNoTimerBehind) {
  Queue("a", absl::Seconds(1));
  Queue("b", absl::Seconds(2));
  delayed_.Flush();
  EXPECT_THAT(delivered_, ElementsAre("a", "b"));
  EXPECT_EQ(center_.NextTimer(), INT64_MAX);
  Queue("c", absl::Seconds(5));
  PassTime(absl::Seconds(4));
  EXPECT_EQ(delivered_.size(), 2u);
}

TEST_F(DelayedDeliveryTest, DiscardDropsAllAndGivesTheSharesBack) {
  const auto throttle = std::make_shared<Throttle>("test", 100);
  MessagePtr message = RawMessage::Make("a", 127);
  throttle->Take(60);
  message->HoldDispatchShare(ThrottleShare(throttle, 60));
  delayed_.Queue(std::move(message), absl::Seconds(1));
  EXPECT_EQ(delayed_.size(), 1u);
  delayed_.Discard();
  EXPECT_EQ(throttle->stats().current, 0u);
  PassTime(absl::Seconds(2));
  EXPECT_THAT(delivered_, IsEmpty());
}

TEST_F(DelayedDeliveryTest, WhatADeliveryQueuesWaitsForItsOwnDelay) {
  bool queued = false;
  on_delivery_ = [&] {
    if (!std::exchange(queued, true)) Queue("later", absl::Seconds(1));
  };
  Queue("a", absl::Seconds(1));
  Queue("b", absl::Seconds(1));
  delayed_.Flush();
  EXPECT_THAT(delivered_, ElementsAre("a", "b"));
  PassTime(absl::Seconds(1));
  EXPECT_THAT(delivered_, ElementsAre("a", "b", "later"));
}

TEST_F(DelayedDeliveryTest, ADeliveryMayDiscardTheRest) {
  on_delivery_ = [&] { delayed_.Discard(); };
  Queue("a", absl::Seconds(1));
  Queue("b", absl::Seconds(1));
  delayed_.Flush();
  EXPECT_THAT(delivered_, ElementsAre("a"));
  EXPECT_TRUE(delayed_.empty());
  Queue("c", absl::Seconds(1));
  Queue("d", absl::Seconds(1));
  PassTime(absl::Seconds(1));
  EXPECT_THAT(delivered_, ElementsAre("a", "c"));
}

TEST_F(DelayedDeliveryTest, AnEndTakesItsTimersAlong) {
  std::vector<std::string> got;
  {
    DelayedDelivery short_lived(&center_, [&](MessagePtr m) {
      got.push_back(MessageAs<RawMessage>(*m).body().ToString());
    });
    short_lived.Queue(RawMessage::Make("a", 127), absl::Seconds(1));
  }
  PassTime(absl::Seconds(2));
  EXPECT_THAT(got, IsEmpty());
}

}  // namespace
}  // namespace siphon
