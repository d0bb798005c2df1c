#include "msg/protocol/v1/connection_fsm.h"

#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/v1/recording_host.h"

namespace siphon::v1 {
namespace {

using ::testing::HasSubstr;

EntityAddr Addr(const char* text) { return *EntityAddr::Parse(text, EntityAddr::kLegacy); }

std::string Bytes(const BufferList& list) { return list.ToString(); }

MessageHeader FirstOfType(uint16_t type) {
  MessageHeader header;
  header.seq = 1;
  header.type = type;
  return header;
}

// An accepting machine and the bytes of a well-behaved client.
class AcceptTest : public testing::Test {
 protected:
  AcceptTest() { fsm_.StartAccept(Addr("v1:127.0.0.1:6800/7"), Addr("v1:127.0.0.1:40000/0")); }

  std::string BannerAndAddr(const char* addr = "v1:127.0.0.1:0/99") {
    BufferList out;
    Encoder e(&out);
    e.Raw(kBanner);
    Addr(addr).EncodeLegacy(e);
    return Bytes(out);
  }
  std::string Connect(ConnectMsg connect) {
    std::string out(kConnectSize, '\0');
    connect.EncodeTo(out.data());
    return out;
  }
  ConnectMsg GoodConnect() {
    return {.features = kFeaturesSupported,
            .host_type = kEntityClient,
            .global_seq = 1,
            .connect_seq = 0,
            .protocol_version = 15};
  }
  // The last connect reply that was written.
  ConnectReply LastReply() {
    const std::string out = fsm_.out().ToString();
    return ConnectReply::Decode(std::string_view(out).substr(out.size() - kConnectReplySize));
  }
  void OpenSession() {
    fsm_.Consume(BannerAndAddr());
    fsm_.Consume(Connect(GoodConnect()));
    ASSERT_TRUE(fsm_.blocked());
    fsm_.Open(&session_, false);
    fsm_.Consume(std::string(kSeqSize, '\0'));
    ASSERT_EQ(fsm_.state(), State::kOpen);
    fsm_.out().Clear();
  }
  std::string Frame(MessageHeader header, std::string_view front, std::string_view data) {
    header.front_len = static_cast<uint32_t>(front.size());
    header.data_len = static_cast<uint32_t>(data.size());
    SegmentsMessage message(header, BufferList::CopyOf(front), {}, BufferList::CopyOf(data));
    fsm_.AppendMessage(message);
    const std::string frame = fsm_.out().ToString();
    fsm_.out().Clear();
    return frame;
  }

  RecordingHost host_;
  Session session_{Policy::LosslessPeer(0)};
  ConnectionFsm fsm_{MachineOptions{.self_type = kEntityMon, .max_front = 1000, .max_data = 5000},
                     &host_};
};

TEST_F(AcceptTest, SpeaksFirst) {
  EXPECT_EQ(fsm_.out().size(), kBanner.size() + 2 * kAddrSize);
  EXPECT_EQ(fsm_.state(), State::kAcceptingWaitBannerAddr);
}

TEST_F(AcceptTest, FillsABlankAddressFromTheSocket) {
  fsm_.Consume(BannerAndAddr("v1:0.0.0.0:0/99"));
  fsm_.Consume(Connect(GoodConnect()));
  ASSERT_EQ(host_.requests.size(), 1u);
  EXPECT_EQ(host_.requests[0].peer_addrs.front(), Addr("v1:127.0.0.1:0/99"));
}

TEST_F(AcceptTest, FaultsOnAForeignBanner) {
  fsm_.Consume(std::string(145, 'x'));
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("no banner"));
}

TEST_F(AcceptTest, AnswersBadProtoVerAndLetsThePeerTryAgain) {
  fsm_.Consume(BannerAndAddr());
  ConnectMsg connect = GoodConnect();
  connect.protocol_version = 9;
  fsm_.Consume(Connect(connect));
  EXPECT_EQ(LastReply().tag, Tag::kBadProtocolVersion);
  EXPECT_EQ(LastReply().protocol_version, 15u);
  EXPECT_TRUE(host_.requests.empty());
  fsm_.Consume(Connect(GoodConnect()));
  EXPECT_EQ(host_.requests.size(), 1u);
}

TEST_F(AcceptTest, AnswersFeaturesWithWhatItRequires) {
  host_.accept_terms.features_required = kFeatureUid | kFeaturePgid64;
  fsm_.Consume(BannerAndAddr());
  ConnectMsg connect = GoodConnect();
  connect.features = 0x100;
  fsm_.Consume(Connect(connect));
  EXPECT_EQ(LastReply().tag, Tag::kFeatures);
  EXPECT_EQ(LastReply().features, 0x100u | kFeatureUid | kFeaturePgid64);
}

TEST_F(AcceptTest, AnswersBadAuthorizer) {
  host_.accepts = false;
  fsm_.Consume(BannerAndAddr());
  fsm_.Consume(Connect(GoodConnect()));
  EXPECT_EQ(LastReply().tag, Tag::kBadAuthorizer);
}

TEST_F(AcceptTest, ChallengesAnAuthorizerAndBelievesTheAnswer) {
  host_.challenge = "prove it";
  fsm_.Consume(BannerAndAddr());
  fsm_.Consume(Connect(GoodConnect()));
  const std::string out = fsm_.out().ToString();
  EXPECT_EQ(out.substr(out.size() - host_.challenge.size()), host_.challenge);
  EXPECT_TRUE(host_.requests.empty());
  fsm_.Consume(Connect(GoodConnect()));
  ASSERT_EQ(host_.requests.size(), 1u);
  EXPECT_NE(host_.requests[0].identity, nullptr);
}

TEST_F(AcceptTest, PutsTheNumberOfARetryInItsField) {
  fsm_.Consume(BannerAndAddr());
  fsm_.Consume(Connect(GoodConnect()));
  fsm_.Refuse({.kind = Refusal::Kind::kRetryGlobal, .seq = 17});
  EXPECT_EQ(LastReply().global_seq, 17u);
  EXPECT_EQ(LastReply().connect_seq, 0u);
  fsm_.Consume(Connect(GoodConnect()));
  fsm_.Refuse({.kind = Refusal::Kind::kRetrySession, .seq = 18});
  EXPECT_EQ(LastReply().connect_seq, 18u);
}

TEST_F(AcceptTest, TellsAPeerThatStartedAfreshReadyInsteadOfSeq) {
  session_.OnMessage(1);
  fsm_.Consume(BannerAndAddr());
  fsm_.Consume(Connect(GoodConnect()));
  fsm_.Open(&session_, /*peer_reset=*/true);
  EXPECT_EQ(LastReply().tag, Tag::kReady);
  EXPECT_EQ(LastReply().connect_seq, 1u);
  EXPECT_EQ(session_.in_seq(), 0u);
  fsm_.Consume({});
  EXPECT_EQ(host_.ready, 1);
}

TEST_F(AcceptTest, WithSeqBothSidesForgetWhatTheOtherHas) {
  // Two messages were sent and not acknowledged; the peer has the first.
  for (int i = 0; i < 2; ++i) {
    session_.Enqueue(std::make_unique<SegmentsMessage>(MessageHeader{}, BufferList(), BufferList(),
                                                       BufferList()));
    session_.Sent(session_.TakeNext());
  }
  session_.OnMessage(1);
  session_.Requeue();
  fsm_.Consume(BannerAndAddr());
  fsm_.Consume(Connect(GoodConnect()));
  fsm_.Open(&session_, false);
  const std::string out = fsm_.out().ToString();
  EXPECT_EQ(out[out.size() - kSeqSize], 1) << "the peer is told what arrived";
  uint64_t peer_has = 1;
  fsm_.Consume({reinterpret_cast<char*>(&peer_has), sizeof(peer_has)});
  EXPECT_EQ(session_.queued_messages(), 1u);
  EXPECT_EQ(session_.TakeNext()->seq(), 2u) << "the replay keeps its number";
}

TEST_F(AcceptTest, RefusesAnAuthorizerThatIsTooLong) {
  fsm_.Consume(BannerAndAddr());
  ConnectMsg connect = GoodConnect();
  connect.authorizer_len = 0xffffffff;
  fsm_.Consume(Connect(connect));
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("authorizer of 4294967295"));
}

TEST_F(AcceptTest, ReadsAMessage) {
  OpenSession();
  fsm_.Consume(Frame(FirstOfType(42), "front", "data"));
  ASSERT_EQ(host_.items.size(), 1u);
  EXPECT_EQ(host_.items[0].header.type, 42);
  EXPECT_EQ(host_.items[0].front.ToString(), "front");
  EXPECT_EQ(host_.items[0].data.ToString(), "data");
  EXPECT_EQ(host_.shares_taken, 3);
  EXPECT_EQ(fsm_.state(), State::kOpen);
}

TEST_F(AcceptTest, WaitsForEachThrottleBeforeItReadsTheBody) {
  OpenSession();
  const std::string frame = Frame(FirstOfType(42), "front", "data");
  const State stages[] = {State::kOpenMessageThrottleMessage, State::kOpenMessageThrottleBytes,
                          State::kOpenMessageThrottleDispatchQueue};
  host_.refuse_shares = 1;
  size_t taken = fsm_.Consume(frame);
  EXPECT_EQ(taken, 1 + kHeaderSize) << "nothing of the body is taken";
  for (const State stage : stages) {
    EXPECT_EQ(fsm_.state(), stage);
    EXPECT_TRUE(fsm_.blocked());
    EXPECT_EQ(fsm_.Consume("x"), 0u);
    host_.refuse_shares = 1;
    fsm_.Resume();
    if (stage == stages[2]) host_.refuse_shares = 0;
    taken += fsm_.Consume(std::string_view(frame).substr(taken));
  }
  EXPECT_EQ(taken, frame.size());
  EXPECT_EQ(host_.items.size(), 1u);
}

TEST_F(AcceptTest, FaultsOnAHeaderWhoseChecksumDiffers) {
  OpenSession();
  std::string frame = Frame(FirstOfType(42), "front", "data");
  frame[10] ^= 1;
  fsm_.Consume(frame);
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("header checksum"));
  EXPECT_TRUE(host_.items.empty());
}

TEST_F(AcceptTest, AllocatesNothingForAMessageOverTheLimits) {
  OpenSession();
  MessageHeader header = FirstOfType(42);
  header.front_len = 0xffffffff;
  std::string frame(1 + kHeaderSize, '\0');
  frame[0] = static_cast<char>(Tag::kMsg);
  EncodeHeader(header, true, frame.data() + 1);
  fsm_.Consume(frame);
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("ms_max_message_front"));
  EXPECT_TRUE(fsm_.DirectTarget().empty());
  EXPECT_EQ(host_.shares_taken, 0);
}

TEST_F(AcceptTest, FaultsOnAnAbortedMessage) {
  OpenSession();
  std::string frame = Frame(FirstOfType(42), "front", "data");
  frame.back() = 0;  // not complete
  fsm_.Consume(frame);
  EXPECT_TRUE(absl::IsAborted(fsm_.fault()));
}

TEST_F(AcceptTest, AnswersKeepalive2WithTheSameStamp) {
  OpenSession();
  const std::string ping =
      "\x0e"
      "abcdefgh";
  fsm_.Consume(ping);
  EXPECT_EQ(fsm_.out().ToString(),
            "\x0f"
            "abcdefgh");
}

TEST_F(AcceptTest, FaultsOnATagThatIsNone) {
  OpenSession();
  fsm_.Consume("\x63");
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("tag 99"));
}

TEST_F(AcceptTest, StopsAtOnceWhenTheHostSaysSo) {
  OpenSession();
  const std::string frame = Frame(FirstOfType(42), "front", "data");
  fsm_.Stop();
  EXPECT_EQ(fsm_.Consume(frame), 0u);
  EXPECT_TRUE(host_.items.empty());
}

// Random bytes, from each state that a client can bring the machine to: it faults or waits for
// more, and takes no memory for what has not arrived.
TEST_F(AcceptTest, SurvivesRandomBytesInEveryState) {
  std::mt19937_64 random(1);
  const std::string prefixes[] = {
      "", BannerAndAddr(), BannerAndAddr() + Connect(GoodConnect()),
      BannerAndAddr() + Connect(GoodConnect()) + std::string(kSeqSize, '\0')};
  for (int round = 0; round < 4000; ++round) {
    RecordingHost host;
    Session session(Policy::StatelessServer(0));
    ConnectionFsm fsm(MachineOptions{.self_type = kEntityMon}, &host);
    fsm.StartAccept(Addr("v1:127.0.0.1:6800/7"), Addr("v1:127.0.0.1:40000/0"));
    std::string bytes = prefixes[random() % 4];
    for (uint64_t n = random() % 400; n > 0; --n) bytes += static_cast<char>(random());
    std::string_view rest = bytes;
    while (!rest.empty() && fsm.fault().ok()) {
      rest.remove_prefix(fsm.Consume(rest));
      if (!fsm.blocked()) break;
      fsm.Open(&session, false);
    }
  }
}

// A connecting machine and the bytes of a server.
class ConnectTest : public testing::Test {
 protected:
  ConnectTest() {
    host_.my_addr = Addr("v1:127.0.0.1:0/99");
    fsm_.StartConnect({.features_supported = kFeaturesSupported,
                       .features_required = kFeatureUid,
                       .protocol_version = 15},
                      &session_);
    fsm_.OnConnected();
  }
  void Identify() {
    BufferList out;
    Encoder e(&out);
    e.Raw(kBanner);
    Addr("v1:127.0.0.1:6800/7").EncodeLegacy(e);
    Addr("v1:127.0.0.1:40000/0").EncodeLegacy(e);
    fsm_.Consume(Bytes(out));
    fsm_.out().Clear();
  }
  void Reply(ConnectReply reply) {
    std::string out(kConnectReplySize, '\0');
    reply.EncodeTo(out.data());
    fsm_.out().Clear();
    fsm_.Consume(out);
  }
  ConnectMsg Sent() { return ConnectMsg::Decode(fsm_.out().ToString()); }

  RecordingHost host_;
  Session session_{Policy::LosslessClient(0)};
  ConnectionFsm fsm_{MachineOptions{.self_type = kEntityClient}, &host_};
};

TEST_F(ConnectTest, FaultsWhenTheServerIsNotTheOneDialled) {
  host_.identified = absl::FailedPreconditionError("the wrong peer");
  Identify();
  EXPECT_EQ(fsm_.fault().message(), "the wrong peer");
}

TEST_F(ConnectTest, TriesAgainAboveTheServersGlobalSeq) {
  Identify();
  Reply({.tag = Tag::kRetryGlobal, .global_seq = 40});
  EXPECT_EQ(Sent().global_seq, 41u);
}

TEST_F(ConnectTest, TriesAgainWithTheServersConnectSeq) {
  Identify();
  Reply({.tag = Tag::kRetrySession, .connect_seq = 5});
  EXPECT_EQ(Sent().connect_seq, 5u);
}

TEST_F(ConnectTest, FaultsOnARetrySessionThatDoesNotGoForward) {
  session_.connect_seq = 5;
  Identify();
  Reply({.tag = Tag::kRetrySession, .connect_seq = 5});
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("RETRY_SESSION"));
}

TEST_F(ConnectTest, ResetsTheSessionWhenTheServerForgotIt) {
  Identify();
  Reply({.tag = Tag::kResetSession});
  EXPECT_EQ(host_.session_resets, 1);
  EXPECT_EQ(fsm_.state(), State::kConnectingWaitConnectReply);
}

TEST_F(ConnectTest, AnswersOneChallengeAndNotASecond) {
  Identify();
  Reply({.tag = Tag::kChallengeAuthorizer});
  EXPECT_THAT(fsm_.out().ToString(), HasSubstr("answer to "));
  Reply({.tag = Tag::kChallengeAuthorizer});
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("twice"));
}

TEST_F(ConnectTest, RemembersThatItWasToldToWait) {
  Identify();
  Reply({.tag = Tag::kWait});
  EXPECT_TRUE(fsm_.told_to_wait());
  EXPECT_FALSE(fsm_.fault().ok());
}

TEST_F(ConnectTest, FaultsWhenTheServerLacksRequiredFeatures) {
  Identify();
  Reply({.tag = Tag::kReady, .features = 0x100, .connect_seq = 1});
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("lacks features"));
}

TEST_F(ConnectTest, FaultsWhenTheServerOpensWithAnotherConnectSeq) {
  Identify();
  Reply({.tag = Tag::kReady, .features = kFeaturesSupported, .connect_seq = 2});
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("connect_seq 2"));
}

TEST_F(ConnectTest, TakesLossyFromTheServer) {
  Identify();
  Reply(
      {.tag = Tag::kReady, .features = kFeaturesSupported, .connect_seq = 1, .flags = kFlagLossy});
  EXPECT_EQ(host_.ready, 1);
  EXPECT_TRUE(session_.lossy());
  EXPECT_EQ(session_.connect_seq, 1u);
}

TEST_F(ConnectTest, FaultsOnReplyTagsThatAreNone) {
  Identify();
  Reply({.tag = static_cast<Tag>(77)});
  EXPECT_THAT(std::string(fsm_.fault().message()), HasSubstr("tag 77"));
}

}  // namespace
}  // namespace siphon::v1
