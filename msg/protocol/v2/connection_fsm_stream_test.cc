// An open session's stream: throttles, messages that are taken back, large segments, refusals by
// the host.
#include <cstring>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/frame_layout.h"
#include "msg/protocol/v2/machine_pair.h"
#include "msg/protocol/v2/preamble.h"
#include "msg/protocol/v2/recording_host.h"
#include "msg/protocol/v2/test_frames.h"

namespace siphon::v2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StreamTest : public testing::TestWithParam<bool> {
 protected:
  StreamTest() {
    if (!GetParam()) pair_.client.set_banner(Banner{});
    pair_.Connect();
    EXPECT_TRUE(pair_.both_ready());
  }
  bool revision1() const { return GetParam(); }
  // As the client writes it.
  std::string Frame(std::string_view front, std::string_view data = "data") {
    MessageHeader header;
    header.type = 42;
    header.seq = 1;
    SegmentsMessage message(header, BufferList::CopyOf(front), BufferList(),
                            BufferList::CopyOf(data));
    pair_.client.AppendMessage(message);
    const std::string frame = pair_.client.out().ToString();
    pair_.client.out().Clear();
    return frame;
  }
  // With a late status that takes it back.
  std::string AbortedFrame() {
    std::string frame = Frame("front");
    frame[frame.size() - (revision1() ? kEpilogueSizeRev1 : kEpilogueSizeRev0)] = 0x01;
    return frame;
  }

  Session client_session_{Policy::LosslessPeer(0)}, server_session_{Policy::LosslessPeer(0)};
  MachinePair pair_{&client_session_, &server_session_};
  ConnectionFsm& server_ = pair_.server;
  RecordingHost& host_ = pair_.server_host;
};

TEST_P(StreamTest, WaitsForEachThrottleBeforeItReadsTheBody) {
  const std::string frame = Frame("front");
  const State stages[] = {State::kThrottleMessage, State::kThrottleBytes,
                          State::kThrottleDispatchQueue};
  host_.refuse_shares = 1;
  size_t taken = server_.Consume(frame);
  EXPECT_EQ(taken, kPreambleSize) << "nothing of the body is taken";
  for (const State stage : stages) {
    EXPECT_EQ(server_.state(), stage);
    EXPECT_EQ(server_.stage(), MachineStage::kOpen);
    EXPECT_TRUE(server_.blocked());
    EXPECT_TRUE(server_.DirectTarget().empty());
    EXPECT_EQ(server_.Consume("x"), 0u);
    host_.refuse_shares = stage == State::kThrottleDispatchQueue ? 0 : 1;
    server_.Resume();
  }
  EXPECT_EQ(server_.state(), State::kThrottleDone);
  EXPECT_EQ(server_.stage(), MachineStage::kReadingMessage);
  taken += server_.Consume(std::string_view(frame).substr(taken));
  EXPECT_EQ(taken, frame.size());
  EXPECT_EQ(host_.messages.size(), 1u);
  EXPECT_EQ(server_.state(), State::kReady);
}

TEST_P(StreamTest, AMessageWithoutBytesAsksForOneShareOnly) {
  server_.Consume(Frame("", ""));
  EXPECT_EQ(host_.messages.size(), 1u);
  EXPECT_EQ(host_.shares_taken, 1);
}

TEST_P(StreamTest, AMessageThatIsTakenBackIsDroppedAndTheNextOneRead) {
  server_.Consume(AbortedFrame());
  EXPECT_TRUE(server_.fault().ok()) << server_.fault();
  EXPECT_EQ(host_.aborted, 1);
  EXPECT_TRUE(host_.messages.empty());
  EXPECT_EQ(server_.state(), State::kReady);
  server_.Consume(Frame("the next"));
  ASSERT_EQ(host_.messages.size(), 1u);
  EXPECT_EQ(host_.messages[0].front.ToString(), "the next");
}

TEST_P(StreamTest, AnAckOfAMessageThatIsTakenBackDoesNotCount) {
  client_session_.OnMessage(5);
  server_.Consume(AbortedFrame());
  EXPECT_TRUE(host_.acks.empty());
}

TEST_P(StreamTest, AFlippedBitAnywhereInAMessageIsAFault) {
  const std::string frame = Frame("front", "some data");
  for (size_t offset = 0; offset < frame.size(); ++offset) {
    Session client(Policy::LosslessPeer(0)), server(Policy::LosslessPeer(0));
    MachinePair pair(&client, &server);
    if (!revision1()) pair.client.set_banner(Banner{});
    pair.Connect();
    // Of 2.0's late flags only one is looked at; other tests flip it.
    if (!revision1() && offset == frame.size() - kEpilogueSizeRev0) continue;
    std::string bytes = frame;
    bytes[offset] ^= 0x04;
    pair.server.Consume(bytes);
    EXPECT_TRUE(pair.server_host.messages.empty()) << offset;
  }
}

TEST_P(StreamTest, LargeSegmentsAreReadStraightIntoPlace) {
  const std::string data(1 << 20, 'd');
  const std::string frame = Frame("front", data);
  std::string_view rest = frame;
  size_t direct_bytes = 0;
  while (!rest.empty()) {
    const absl::Span<char> direct = server_.DirectTarget();
    const size_t n = std::min(rest.size(), direct.empty() ? 1000 : direct.size());
    if (direct.empty()) {
      ASSERT_EQ(server_.Consume(rest.substr(0, n)), n);
    } else {
      std::memcpy(direct.data(), rest.data(), n);
      server_.CommitDirect(n);
      direct_bytes += n;
    }
    rest.remove_prefix(n);
  }
  ASSERT_EQ(host_.messages.size(), 1u) << server_.fault();
  EXPECT_EQ(host_.messages[0].data.ToString(), data);
  EXPECT_GT(direct_bytes, data.size() * 9 / 10);
}

TEST_P(StreamTest, WhatTheHostFindsWrongWithAMessageIsAFault) {
  host_.on_message = absl::UnimplementedError("no such type");
  server_.Consume(Frame("front"));
  EXPECT_EQ(server_.fault().message(), "no such type");
}

TEST_P(StreamTest, StopsAtOnceWhenTheHostSaysSo) {
  const std::string frame = Frame("front");
  server_.Stop();
  EXPECT_EQ(server_.Consume(frame), 0u);
  EXPECT_TRUE(host_.messages.empty());
}

INSTANTIATE_TEST_SUITE_P(Revisions, StreamTest, testing::Bool(), [](const auto& info) {
  return info.param ? std::string("Revision1") : std::string("Revision0");
});

}  // namespace
}  // namespace siphon::v2
