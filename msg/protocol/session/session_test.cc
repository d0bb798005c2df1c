#include "msg/protocol/session/session.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

class TestMessage final : public Message {
 public:
  TestMessage(uint64_t tid, uint16_t priority) : Message(1, 1) {
    set_tid(tid);
    set_priority(priority);
  }
  std::string_view type_name() const override { return "test"; }
  void EncodePayload(Encoder&, uint64_t) override {}
  absl::Status DecodePayload(Decoder&) override { return absl::OkStatus(); }
};

MessagePtr Make(uint64_t tid, uint16_t priority = kPriorityDefault) {
  return std::make_unique<TestMessage>(tid, priority);
}

// Sends all that is queued; returns the (seq, tid) pairs in order.
std::vector<std::pair<uint64_t, uint64_t>> SendAll(Session* session) {
  std::vector<std::pair<uint64_t, uint64_t>> sent;
  while (MessagePtr m = session->TakeNext()) {
    sent.emplace_back(m->seq(), m->tid());
    session->Sent(std::move(m));
  }
  return sent;
}
using Pairs = std::vector<std::pair<uint64_t, uint64_t>>;

TEST(SessionTest, SendsHigherPrioritiesFirstAndEachInOrder) {
  Session s(Policy::LosslessPeer(0));
  s.Enqueue(Make(1, 127));
  s.Enqueue(Make(2, 63));
  s.Enqueue(Make(3, 196));
  s.Enqueue(Make(4, 127));
  EXPECT_EQ(SendAll(&s), (Pairs{{1, 3}, {2, 1}, {3, 4}, {4, 2}}));
}

TEST(SessionTest, KeepsWhatIsNotAcknowledgedOnlyIfLossless) {
  Session lossless(Policy::LosslessPeer(0));
  Session lossy(Policy::LossyClient(0));
  for (Session* s : {&lossless, &lossy}) {
    s->Enqueue(Make(1));
    SendAll(s);
  }
  EXPECT_EQ(lossless.unacked_messages(), 1u);
  EXPECT_EQ(lossy.unacked_messages(), 0u);
}

TEST(SessionTest, AnAckIsCumulative) {
  Session s(Policy::LosslessPeer(0));
  for (uint64_t i = 1; i <= 5; ++i) s.Enqueue(Make(i));
  SendAll(&s);
  EXPECT_EQ(s.OnAck(3).size(), 3u);
  EXPECT_EQ(s.acked_seq(), 3u);
  EXPECT_EQ(s.unacked_messages(), 2u);
  EXPECT_EQ(s.OnAck(3).size(), 0u);
  EXPECT_EQ(s.OnAck(1000).size(), 2u) << "an ack beyond what was sent takes what was";
}

TEST(SessionTest, ReplaysTheUnackedFirstUnderTheirOldNumbers) {
  Session s(Policy::LosslessPeer(0));
  for (uint64_t i = 1; i <= 4; ++i) s.Enqueue(Make(i));
  SendAll(&s);
  s.OnAck(1);
  s.Enqueue(Make(9, kPriorityHighest));
  s.Requeue();
  EXPECT_EQ(s.DiscardReceived(2).size(), 1u);
  EXPECT_EQ(SendAll(&s), (Pairs{{3, 3}, {4, 4}, {5, 9}}));
}

TEST(SessionTest, ASecondFaultDuringTheReplayKeepsTheOrder) {
  Session s(Policy::LosslessPeer(0));
  for (uint64_t i = 1; i <= 4; ++i) s.Enqueue(Make(i));
  SendAll(&s);
  s.Requeue();
  s.DiscardReceived(0);
  s.Sent(s.TakeNext());
  s.Sent(s.TakeNext());
  s.Requeue();
  s.DiscardReceived(1);
  EXPECT_EQ(SendAll(&s), (Pairs{{2, 2}, {3, 3}, {4, 4}}));
}

TEST(SessionTest, DropsDuplicatesAndAcceptsGaps) {
  Session s(Policy::LosslessPeer(0));
  EXPECT_EQ(s.OnMessage(1), Session::Verdict::kNext);
  EXPECT_EQ(s.OnMessage(1), Session::Verdict::kDuplicate);
  EXPECT_EQ(s.OnMessage(3), Session::Verdict::kGap);
  EXPECT_EQ(s.OnMessage(2), Session::Verdict::kDuplicate);
  EXPECT_EQ(s.in_seq(), 3u);
}

TEST(SessionTest, OwesOneAckForManyMessagesAndNoneIfLossy) {
  Session lossless(Policy::LosslessPeer(0));
  EXPECT_EQ(lossless.TakeAck(), std::nullopt);
  for (uint64_t i = 1; i <= 3; ++i) lossless.OnMessage(i);
  EXPECT_EQ(lossless.TakeAck(), 3u);
  EXPECT_EQ(lossless.TakeAck(), std::nullopt);
  Session lossy(Policy::LossyClient(0));
  lossy.OnMessage(1);
  EXPECT_EQ(lossy.TakeAck(), std::nullopt);
}

TEST(SessionTest, ANewSessionCountsOnFromWhatThePeerHasOfAnEarlierLife) {
  Session s(Policy::LosslessPeer(0));
  s.Enqueue(Make(1));
  s.DiscardReceived(7);  // the peer outlived this side, and takes 1 to 7 for repeats
  EXPECT_EQ(SendAll(&s), (Pairs{{8, 1}}));
}

TEST(SessionTest, AResetForgetsEverything) {
  Session s(Policy::LosslessPeer(0));
  for (uint64_t i = 1; i <= 3; ++i) s.Enqueue(Make(i));
  s.Sent(s.TakeNext());
  s.OnMessage(7);
  s.connect_seq = 4;
  EXPECT_EQ(s.Reset(1000).size(), 3u);
  EXPECT_FALSE(s.HasQueued());
  EXPECT_EQ(s.in_seq(), 0u);
  EXPECT_EQ(s.connect_seq, 0u);
  EXPECT_EQ(s.queued_messages(), 0u);
  s.Enqueue(Make(9));
  EXPECT_EQ(SendAll(&s), (Pairs{{1001, 9}}));
}

// Two sessions and a wire that breaks at random: everything arrives once and in order.
TEST(SessionTest, LosesRepeatsAndReordersNothingOverAWireThatBreaks) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    Session a(Policy::LosslessPeer(0)), b(Policy::LosslessPeer(0));
    std::deque<std::pair<uint64_t, uint64_t>> wire;
    std::deque<uint64_t> acks;
    std::vector<uint64_t> arrived;
    uint64_t next = 1;
    const auto steps = 400;
    for (int step = 0; step < steps || arrived.size() + 1 < next; ++step) {
      switch (random() % (step < steps ? 6 : 5)) {
        case 0:
          if (step < steps) a.Enqueue(Make(next++));
          break;
        case 1:
          if (MessagePtr m = a.TakeNext()) {
            wire.emplace_back(m->seq(), m->tid());
            a.Sent(std::move(m));
          }
          break;
        case 2:
          if (!wire.empty()) {
            if (b.OnMessage(wire.front().first) != Session::Verdict::kDuplicate) {
              arrived.push_back(wire.front().second);
            }
            wire.pop_front();
          }
          break;
        case 3:
          if (auto ack = b.TakeAck()) acks.push_back(*ack);
          break;
        case 4:
          if (!acks.empty()) {
            a.OnAck(acks.front());
            acks.pop_front();
          }
          break;
        case 5:  // the connection breaks, and another is made
          wire.clear();
          acks.clear();
          a.Requeue();
          a.DiscardReceived(b.in_seq());
          break;
      }
    }
    ASSERT_EQ(arrived.size(), next - 1) << "seed " << seed;
    for (size_t i = 0; i < arrived.size(); ++i) ASSERT_EQ(arrived[i], i + 1) << "seed " << seed;
  }
}

}  // namespace
}  // namespace siphon
