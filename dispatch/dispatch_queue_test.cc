// The rules of dispatching, on one thread: the test is the owner that on_work calls.
#include "dispatch/dispatch_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "dispatch/dispatch_test_support.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/throttle.h"
#include "testing/messages/raw_message.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Event = DispatchQueue::Event;

class HandClock final : public Clock {
 public:
  absl::Time Now() override { return absl::UnixEpoch() + absl::Nanoseconds(now_); }
  MonoNanos Monotonic() override { return now_; }
  void Advance(absl::Duration d) { now_ += absl::ToInt64Nanoseconds(d); }

 private:
  MonoNanos now_ = 1'000'000'000;
};

bool BodyStartsWithFast(const Message& message) { return BodyOf(message).starts_with("fast"); }

class DispatchQueueTest : public ::testing::Test {
 protected:
  DispatchQueueTest()
      : queue_({.name = "ms_test", .throttle_bytes = 1000, .clock = &clock_, .on_work = [this] {
                  ++work_calls_;
                }}) {}

  void Enqueue(uint64_t id, const std::string& body, uint16_t priority = kPriorityDefault) {
    queue_.Enqueue(RawMessage::Make(body, priority), id);
  }
  // A message that holds `bytes` of the dispatch throttle.
  MessagePtr Throttled(const std::string& body, uint64_t bytes) {
    MessagePtr message = RawMessage::Make(body, kPriorityDefault);
    EXPECT_TRUE(queue_.throttle()->TryTake(bytes));
    message->HoldDispatchShare(ThrottleShare(queue_.throttle(), bytes));
    return message;
  }
  uint64_t ThrottledBytes() const { return queue_.throttle()->stats().current; }
  void RunAll() {
    while (queue_.RunOne()) {
    }
  }

  HandClock clock_;
  int work_calls_ = 0;
  DispatchQueue queue_;
};

TEST_F(DispatchQueueTest, DispatchesByPriorityAndInTurnAmongConnections) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  Enqueue(1, "weighted", 10);
  Enqueue(1, "a1");
  Enqueue(1, "a2");
  Enqueue(2, "b1");
  Enqueue(2, "b high", kPriorityHigh);
  RunAll();
  EXPECT_THAT(dispatcher.log(), ElementsAre("dispatch b high", "dispatch a1", "dispatch b1",
                                            "dispatch a2", "dispatch weighted"));
}

TEST_F(DispatchQueueTest, EventsGoBeforeMessagesAndNoMessageCountsForMore) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  Enqueue(7, "first", 65535);
  Enqueue(7, "second", 300);
  Enqueue(7, "third", kPriorityHigh);
  queue_.EnqueueEvent(Event::kAccept, MakeConnection(7));
  RunAll();
  // 65535 and 300 count as 255, the events' own priority, and take turns with them.
  EXPECT_THAT(dispatcher.log(),
              ElementsAre("dispatch first", "accept 7", "dispatch second", "dispatch third"));
}

TEST_F(DispatchQueueTest, OffersAMessageToTheDispatchersInOrderUntilOneTakesIt) {
  RecordingDispatcher tail;
  RecordingDispatcher middle([](const Message& m) { return BodyOf(m) == "for the middle"; });
  RecordingDispatcher head([](const Message&) { return false; });
  queue_.AddDispatcherTail(&middle);
  queue_.AddDispatcherTail(&tail);
  queue_.AddDispatcherHead(&head);
  Enqueue(1, "for the middle");
  Enqueue(1, "for anyone");
  RunAll();
  EXPECT_THAT(head.log(), IsEmpty());
  EXPECT_THAT(middle.log(), ElementsAre("dispatch for the middle"));
  EXPECT_THAT(tail.log(), ElementsAre("dispatch for anyone"));
}

TEST_F(DispatchQueueTest, TellsEveryDispatcherOfAnEventButResetAndRefusedUntilOneHandlesThem) {
  RecordingDispatcher first, second;
  first.set_handles_events(true);
  queue_.AddDispatcherTail(&first);
  queue_.AddDispatcherTail(&second);
  const ConnectionPtr connection = MakeConnection(4);
  for (const Event event :
       {Event::kConnect, Event::kAccept, Event::kReset, Event::kRemoteReset, Event::kRefused}) {
    queue_.EnqueueEvent(event, connection);
  }
  RunAll();
  EXPECT_THAT(first.log(),
              ElementsAre("connect 4", "accept 4", "reset 4", "remote reset 4", "refused 4"));
  EXPECT_THAT(second.log(), ElementsAre("connect 4", "accept 4", "remote reset 4"));
}

TEST_F(DispatchQueueTest, LetsEveryFastDispatcherLookAndGivesTheMessageToTheFirstThatAccepts) {
  RecordingDispatcher slow;
  RecordingDispatcher deaf([](const Message&) { return true; },
                           [](const Message&) { return false; });
  RecordingDispatcher fast([](const Message&) { return true; }, BodyStartsWithFast);
  queue_.AddDispatcherTail(&slow);
  queue_.AddDispatcherTail(&deaf);
  queue_.AddDispatcherTail(&fast);

  MessagePtr message = RawMessage::Make("fast one", kPriorityDefault);
  EXPECT_FALSE(queue_.CanFastDispatch(*RawMessage::Make("slow", kPriorityDefault)));
  ASSERT_TRUE(queue_.CanFastDispatch(*message));
  queue_.FastPreprocess(*message);
  queue_.FastDispatch(std::move(message));
  queue_.FastConnect(MakeConnection(1));
  queue_.FastAccept(MakeConnection(2));

  EXPECT_THAT(slow.log(), IsEmpty());
  EXPECT_THAT(deaf.log(), ElementsAre("preprocess fast one", "fast connect 1", "fast accept 2"));
  EXPECT_THAT(fast.log(), ElementsAre("preprocess fast one", "fast fast one", "fast connect 1",
                                      "fast accept 2"));
  EXPECT_EQ(queue_.Info().fast_dispatched_total, 1u);
}

TEST_F(DispatchQueueTest, GivesTheDispatchShareBackAfterDispatchThoughTheMessageLivesOn) {
  RecordingDispatcher dispatcher;
  MessagePtr kept;
  uint64_t during = 0;
  dispatcher.set_on_dispatch([&](MessagePtr message) {
    kept = std::move(message);
    during = ThrottledBytes();
  });
  queue_.AddDispatcherTail(&dispatcher);
  queue_.Enqueue(Throttled("a", 300), 1);
  EXPECT_EQ(ThrottledBytes(), 300u);
  RunAll();
  EXPECT_EQ(during, 300u);
  EXPECT_EQ(ThrottledBytes(), 0u);
  EXPECT_NE(kept, nullptr);
}

TEST_F(DispatchQueueTest, DropsAMessageThatNobodyTakesAndGivesItsShareBack) {
  RecordingDispatcher picky([](const Message&) { return false; });
  queue_.AddDispatcherTail(&picky);
  queue_.Enqueue(Throttled("a", 300), 1);
  RunAll();
  EXPECT_EQ(ThrottledBytes(), 0u);
}

TEST_F(DispatchQueueTest, DiscardDropsAConnectionsMessagesButNotItsEvents) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  queue_.Enqueue(Throttled("a", 100), 1);
  queue_.Enqueue(Throttled("b", 10), 2);
  Enqueue(1, "a low", 3);
  queue_.EnqueueEvent(Event::kReset, MakeConnection(1));
  queue_.Discard(1);
  EXPECT_EQ(ThrottledBytes(), 10u);
  RunAll();
  EXPECT_THAT(dispatcher.log(), ElementsAre("reset 1", "dispatch b"));
}

TEST_F(DispatchQueueTest, NothingOfAConnectionThatWasClosedIsQueuedAfterItsDiscard) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  std::atomic<bool> closed{false};
  queue_.Enqueue(Throttled("a", 100), 1, &closed);
  closed = true;
  queue_.Discard(1);
  queue_.Enqueue(Throttled("b", 10), 1, &closed);
  EXPECT_EQ(ThrottledBytes(), 0u);
  RunAll();
  EXPECT_THAT(dispatcher.log(), ElementsAre());
}

TEST_F(DispatchQueueTest, DiscardOfIdZeroKeepsEventsAndLocalMessages) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  queue_.DeliverLocal(RawMessage::Make("to myself", kPriorityDefault));
  EXPECT_TRUE(queue_.RunOne());  // into the queue
  queue_.EnqueueEvent(Event::kConnect, MakeConnection(1));
  queue_.Discard(0);
  RunAll();
  EXPECT_THAT(dispatcher.log(), ElementsAre("connect 1", "dispatch to myself"));
}

TEST_F(DispatchQueueTest, LocalMessagesArePreprocessedAndThenTakeTheFastOrTheQueuedWay) {
  RecordingDispatcher dispatcher([](const Message&) { return true; }, BodyStartsWithFast);
  queue_.AddDispatcherTail(&dispatcher);
  queue_.DeliverLocal(RawMessage::Make("slow", kPriorityDefault));
  queue_.DeliverLocal(RawMessage::Make("fast", kPriorityDefault));
  EXPECT_EQ(queue_.Info().local_messages, 2u);
  RunAll();
  EXPECT_THAT(dispatcher.log(),
              ElementsAre("preprocess slow", "preprocess fast", "fast fast", "dispatch slow"));
}

TEST_F(DispatchQueueTest, CallsForWorkOnceUntilItWasAllDone) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  Enqueue(1, "a");
  Enqueue(1, "b");
  queue_.DeliverLocal(RawMessage::Make("c", kPriorityDefault));
  EXPECT_EQ(work_calls_, 1);
  RunAll();
  queue_.EnqueueEvent(Event::kConnect, MakeConnection(1));
  EXPECT_EQ(work_calls_, 2);
  RunAll();
  EXPECT_EQ(dispatcher.log().size(), 4u);
  queue_.DeliverLocal(RawMessage::Make("d", kPriorityDefault));
  EXPECT_EQ(work_calls_, 3);
}

TEST_F(DispatchQueueTest, PauseHoldsTheQueueBackAndResumeCallsForWork) {
  RecordingDispatcher dispatcher([](const Message&) { return true; }, BodyStartsWithFast);
  queue_.AddDispatcherTail(&dispatcher);
  queue_.Pause();
  Enqueue(1, "a");
  queue_.DeliverLocal(RawMessage::Make("fast", kPriorityDefault));
  RunAll();
  EXPECT_THAT(dispatcher.log(), ElementsAre("preprocess fast", "fast fast"));
  EXPECT_TRUE(queue_.Info().paused);
  EXPECT_EQ(queue_.Drain(absl::Seconds(1)).code(), absl::StatusCode::kFailedPrecondition);

  const int calls_before = work_calls_;
  queue_.Resume();
  EXPECT_EQ(work_calls_, calls_before + 1);
  EXPECT_EQ(queue_.Drain(absl::Seconds(1)), absl::OkStatus());
  EXPECT_EQ(dispatcher.log().back(), "dispatch a");
}

TEST_F(DispatchQueueTest, ShutdownDeliversTheEventsThatWaitAndDropsTheMessagesEvenIfPaused) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  queue_.Pause();
  queue_.Enqueue(Throttled("a", 100), 1);
  queue_.EnqueueEvent(Event::kReset, MakeConnection(1));
  queue_.DeliverLocal(Throttled("b", 100));
  queue_.Shutdown();
  queue_.Enqueue(Throttled("late", 100), 1);
  queue_.DeliverLocal(Throttled("late", 100));
  queue_.EnqueueEvent(Event::kRemoteReset, MakeConnection(1));
  RunAll();
  queue_.Wait();
  EXPECT_THAT(dispatcher.log(), ElementsAre("reset 1"));
  EXPECT_EQ(ThrottledBytes(), 0u);
}

TEST_F(DispatchQueueTest, InfoTellsDepthByPriorityAndTheAgeOfTheOldest) {
  RecordingDispatcher dispatcher;
  queue_.AddDispatcherTail(&dispatcher);
  EXPECT_EQ(queue_.Info().oldest, absl::ZeroDuration());
  MessagePtr received_earlier = Throttled("a", 25);
  received_earlier->stamps().received = clock_.Monotonic();
  clock_.Advance(absl::Seconds(2));
  Enqueue(1, "b", 10);
  queue_.Enqueue(std::move(received_earlier), 1);
  Enqueue(2, "c");
  clock_.Advance(absl::Seconds(3));

  DispatchQueueInfo info = queue_.Info();
  EXPECT_EQ(info.messages, 3u);
  EXPECT_EQ(info.oldest, absl::Seconds(5));
  ASSERT_EQ(info.by_priority.size(), 2u);
  EXPECT_EQ(info.by_priority[0].priority, 127);
  EXPECT_EQ(info.by_priority[0].messages, 2u);
  EXPECT_EQ(info.by_priority[1].priority, 10);
  EXPECT_EQ(info.by_priority[1].messages, 1u);
  EXPECT_EQ(info.throttle_bytes, 25u);
  EXPECT_EQ(info.throttle_max, 1000u);

  RunAll();
  info = queue_.Info();
  EXPECT_EQ(info.dispatched_total, 3u);
  EXPECT_THAT(info.by_priority, IsEmpty());
}

TEST_F(DispatchQueueTest, StampsWhenAMessageWasDispatched) {
  RecordingDispatcher dispatcher;
  MonoNanos stamp = 0;
  dispatcher.set_on_dispatch([&](MessagePtr m) { stamp = m->stamps().dispatched; });
  queue_.AddDispatcherTail(&dispatcher);
  Enqueue(1, "a");
  clock_.Advance(absl::Seconds(4));
  RunAll();
  EXPECT_EQ(stamp, clock_.Monotonic());
}

TEST(DispatchQueueDeathTest, EndsTheProgramOverAnUnhandledMessageIfToldTo) {
  HandClock clock;
  DispatchQueue queue(
      {.name = "ms_test", .clock = &clock, .die_on_unhandled = true, .on_work = [] {}});
  queue.Enqueue(RawMessage::Make("x", kPriorityDefault), 1);
  EXPECT_DEATH(queue.RunOne(), HasSubstr("ms_test: no dispatcher takes raw"));
}

}  // namespace
}  // namespace siphon
