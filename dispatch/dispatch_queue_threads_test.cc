// DispatchQueue with its own threads, fed and controlled from others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "dispatch/dispatch_queue.h"
#include "dispatch/dispatch_test_support.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/throttle.h"
#include "testing/messages/raw_message.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;

using Event = DispatchQueue::Event;

constexpr absl::Duration kLong = absl::Minutes(2);

DispatchQueue::Options Options() { return {.name = "ms_test", .clock = &Clock::Real()}; }

// Holds the dispatch thread in its hands: Dispatch() returns when Open() was called.
class Gate : public Dispatcher {
 public:
  bool Dispatch(MessagePtr& message) override {
    entered_.Notify();
    open_.WaitForNotification();
    return true;
  }
  void WaitUntilEntered() { entered_.WaitForNotification(); }
  void Open() { open_.Notify(); }

 private:
  Notification entered_;
  Notification open_;
};

// Checks that each connection's messages come in the order in which they were numbered (by tid).
class OrderChecker : public Dispatcher {
 public:
  bool Dispatch(MessagePtr& message) override {
    uint64_t& last = last_[message->type()];
    if (message->tid() <= last) out_of_order_ = true;
    last = message->tid();
    ++count_;
    return true;
  }
  bool out_of_order() const { return out_of_order_; }
  int count() const { return count_; }

 private:
  std::map<uint16_t, uint64_t> last_;
  std::atomic<bool> out_of_order_{false};
  std::atomic<int> count_{0};
};

TEST(DispatchQueueThreadsTest, KeepsEachConnectionsOrderWhenManyThreadsFeedIt) {
  constexpr int kThreads = 4;
  constexpr int kMessages = 5000;
  OrderChecker checker;
  DispatchQueue queue(Options());
  queue.AddDispatcherTail(&checker);
  queue.Start();
  std::vector<std::thread> feeders;
  for (int t = 1; t <= kThreads; ++t) {
    feeders.emplace_back([&queue, t] {
      for (int i = 1; i <= kMessages; ++i) {
        MessagePtr message = std::make_unique<RawMessage>(static_cast<uint16_t>(t));
        message->set_priority(kPriorityDefault);
        message->set_tid(i);
        queue.throttle()->Take(10);
        message->HoldDispatchShare(ThrottleShare(queue.throttle(), 10));
        queue.Enqueue(std::move(message), t);
      }
    });
  }
  for (std::thread& feeder : feeders) feeder.join();
  EXPECT_EQ(queue.Drain(kLong), absl::OkStatus());
  EXPECT_EQ(checker.count(), kThreads * kMessages);
  EXPECT_FALSE(checker.out_of_order());
  EXPECT_EQ(queue.throttle()->stats().current, 0u);
  queue.Shutdown();
  queue.Wait();
}

TEST(DispatchQueueThreadsTest, WhatComesWhileOneIsDispatchedIsServedByPriority) {
  Gate gate;
  RecordingDispatcher recorder;
  DispatchQueue queue(Options());
  queue.Start();
  queue.AddDispatcherTail(&gate);
  queue.Enqueue(RawMessage::Make("the first", kPriorityDefault), 1);
  gate.WaitUntilEntered();
  queue.AddDispatcherHead(&recorder);  // gets what is dispatched from now on
  queue.Enqueue(RawMessage::Make("low", kPriorityLow), 1);
  queue.Enqueue(RawMessage::Make("high", kPriorityHigh), 1);
  queue.EnqueueEvent(Event::kReset, MakeConnection(1));
  EXPECT_EQ(queue.Drain(absl::Milliseconds(1)).code(), absl::StatusCode::kDeadlineExceeded);
  gate.Open();
  EXPECT_EQ(queue.Drain(kLong), absl::OkStatus());
  EXPECT_THAT(recorder.log(), ElementsAre("reset 1", "dispatch high", "dispatch low"));
  queue.Shutdown();
  queue.Wait();
}

TEST(DispatchQueueThreadsTest, ShutdownLetsTheCurrentOneEndDropsTheRestAndDeliversEvents) {
  Gate gate;
  RecordingDispatcher recorder;
  DispatchQueue queue(Options());
  queue.AddDispatcherTail(&gate);
  queue.Start();
  queue.Enqueue(RawMessage::Make("the first", kPriorityDefault), 1);
  gate.WaitUntilEntered();
  queue.AddDispatcherHead(&recorder);
  queue.Enqueue(RawMessage::Make("dropped", kPriorityHighest), 1);
  queue.EnqueueEvent(Event::kReset, MakeConnection(1));
  queue.Shutdown();
  gate.Open();
  queue.Wait();
  EXPECT_THAT(recorder.log(), ElementsAre("reset 1"));
}

TEST(DispatchQueueThreadsTest, LocalMessagesAreDeliveredByAThreadOfTheirOwn) {
  Gate gate;
  RecordingDispatcher recorder([](const Message&) { return false; },
                               [](const Message& m) { return BodyOf(m) == "fast"; });
  DispatchQueue queue(Options());
  queue.AddDispatcherTail(&recorder);
  queue.AddDispatcherTail(&gate);
  queue.Start();
  queue.Enqueue(RawMessage::Make("holds ms_dispatch", kPriorityDefault), 1);
  gate.WaitUntilEntered();
  queue.DeliverLocal(RawMessage::Make("fast", kPriorityDefault));
  recorder.WaitForEntries(2);
  EXPECT_THAT(recorder.log(), ElementsAre("preprocess fast", "fast fast"));
  gate.Open();
  queue.Shutdown();
  queue.Wait();
}

// Sends itself a message for each one it gets, until it has had `count`.
class SelfSender : public Dispatcher {
 public:
  SelfSender(DispatchQueue* queue, int count) : queue_(queue), left_(count) {}
  bool Dispatch(MessagePtr& message) override {
    if (--left_ > 0) queue_->DeliverLocal(std::move(message));
    return true;
  }
  int left() const { return left_; }

 private:
  DispatchQueue* const queue_;
  std::atomic<int> left_;
};

TEST(DispatchQueueThreadsTest, DrainWaitsForWhatDispatchersSendToThemselves) {
  DispatchQueue queue(Options());
  SelfSender sender(&queue, 500);
  queue.AddDispatcherTail(&sender);
  queue.Start();
  queue.DeliverLocal(RawMessage::Make("round and round", kPriorityDefault));
  EXPECT_EQ(queue.Drain(kLong), absl::OkStatus());
  EXPECT_EQ(sender.left(), 0);
  queue.Shutdown();
  queue.Wait();
}

TEST(DispatchQueueThreadsTest, ADrainUnderWayEndsWhenTheQueueIsPausedOrHasEnded) {
  Gate gate;
  DispatchQueue queue(Options());
  queue.AddDispatcherTail(&gate);
  queue.Start();
  queue.Enqueue(RawMessage::Make("x", kPriorityDefault), 1);
  gate.WaitUntilEntered();
  std::thread drainer(
      [&queue] { EXPECT_EQ(queue.Drain(kLong).code(), absl::StatusCode::kFailedPrecondition); });
  queue.Pause();
  drainer.join();
  queue.Shutdown();
  std::thread second([&queue] { EXPECT_EQ(queue.Drain(kLong), absl::OkStatus()); });
  gate.Open();
  second.join();
  queue.Wait();
}

TEST(DispatchQueueThreadsTest, SurvivesEverythingAtOnce) {
  RecordingDispatcher recorder([](const Message&) { return true; },
                               [](const Message& m) { return m.tid() % 3 == 0; });
  DispatchQueue queue(Options());
  queue.AddDispatcherTail(&recorder);
  queue.Start();
  std::vector<std::thread> threads;
  for (uint64_t t = 1; t <= 3; ++t) {
    threads.emplace_back([&queue, t] {
      for (uint64_t i = 1; i <= 1000; ++i) {
        MessagePtr message = RawMessage::Make("m", static_cast<uint16_t>(i % 256));
        message->set_tid(i);
        queue.throttle()->Take(i);
        message->HoldDispatchShare(ThrottleShare(queue.throttle(), i));
        if (queue.CanFastDispatch(*message)) {
          queue.FastDispatch(std::move(message));
        } else if (i % 7 == 0) {
          queue.DeliverLocal(std::move(message));
        } else {
          queue.Enqueue(std::move(message), t);
        }
        if (i % 50 == 0) queue.Discard(t);
        if (i % 90 == 0) queue.EnqueueEvent(Event::kReset, MakeConnection(t));
      }
    });
  }
  threads.emplace_back([&queue] {
    for (int i = 0; i < 200; ++i) {
      queue.Pause();
      queue.Info();
      queue.Resume();
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(queue.Drain(kLong), absl::OkStatus());
  EXPECT_EQ(queue.throttle()->stats().current, 0u);
  queue.Shutdown();
  queue.Wait();
}

}  // namespace
}  // namespace siphon
