// Two machines back to back: what a whole handshake comes to, and how messages travel.
#include "msg/protocol/v2/connection_fsm.h"

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/v2/machine_pair.h"
#include "msg/protocol/v2/recording_host.h"

namespace siphon::v2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

MessagePtr NewMessage(uint16_t type, std::string_view front = "front", size_t data = 0) {
  MessageHeader header;
  header.type = type;
  header.priority = 127;
  return std::make_unique<SegmentsMessage>(header, BufferList::CopyOf(front), BufferList(),
                                           BufferList::CopyOf(std::string(data, 'd')));
}

// Sends all that the session has.
void Flush(Session* session, ConnectionFsm* machine) {
  while (MessagePtr message = session->TakeNext()) {
    machine->AppendMessage(*message);
    session->Sent(std::move(message));
  }
}

class ConnectionFsmTest : public testing::Test {
 protected:
  std::unique_ptr<MachinePair> NewPair(uint64_t seed = 1) {
    return std::make_unique<MachinePair>(&client_session_, &server_session_, seed);
  }
  // A session that is established and whose connection is gone.
  void Establish() {
    auto pair = NewPair();
    pair->Connect();
    ASSERT_TRUE(pair->both_ready());
  }
  // A pair that comes back to the established session.
  std::unique_ptr<MachinePair> Return() {
    client_session_.Requeue();
    server_session_.Requeue();
    ++client_session_.connect_seq;
    auto pair = NewPair(2);
    pair->client_host.next_global_seq = 10;
    return pair;
  }

  Session client_session_{Policy::LosslessPeer(0)};
  Session server_session_{Policy::LosslessPeer(0)};
};

TEST_F(ConnectionFsmTest, BothSidesWalkThroughTheProtocolsStates) {
  auto pair = NewPair();
  pair->Connect();
  EXPECT_THAT(
      pair->client_host.transitions,
      ElementsAre("START_CONNECT", "BANNER_CONNECTING", "HELLO_CONNECTING", "AUTH_CONNECTING",
                  "AUTH_CONNECTING_SIGN", "SESSION_CONNECTING", "READY"));
  EXPECT_THAT(pair->server_host.transitions,
              ElementsAre("START_ACCEPT", "BANNER_ACCEPTING", "HELLO_ACCEPTING", "AUTH_ACCEPTING",
                          "AUTH_ACCEPTING_SIGN", "SESSION_ACCEPTING", "READY"));
}

TEST_F(ConnectionFsmTest, BothSidesKnowTheSameSession) {
  auto pair = NewPair();
  pair->Connect();
  ASSERT_TRUE(pair->both_ready()) << pair->client.fault() << pair->server.fault();
  EXPECT_EQ(pair->client_host.ready, 1);
  EXPECT_EQ(pair->server_host.ready, 1);
  EXPECT_NE(client_session_.client_cookie, 0u);
  EXPECT_NE(client_session_.server_cookie, 0u);
  EXPECT_EQ(client_session_.client_cookie, server_session_.client_cookie);
  EXPECT_EQ(client_session_.server_cookie, server_session_.server_cookie);
  EXPECT_EQ(server_session_.peer_global_seq, pair->client.global_seq());
  EXPECT_EQ(client_session_.peer_global_seq, pair->server.global_seq());
  EXPECT_EQ(pair->client.features(), kFeaturesSupported);
  EXPECT_EQ(pair->server.features(), kFeaturesSupported);
}

TEST_F(ConnectionFsmTest, BothSidesLearnWhoTheOtherIs) {
  auto pair = NewPair();
  pair->Connect();
  EXPECT_EQ(pair->server_host.peer_type, kEntityClient);
  ASSERT_EQ(pair->server_host.requests.size(), 1u);
  const ConnectRequest& request = pair->server_host.requests[0];
  EXPECT_EQ(request.version, ProtocolVersion::kV2);
  EXPECT_EQ(request.peer_num, 4131);
  EXPECT_EQ(request.peer_addrs, pair->client_host.my_addrs);
  EXPECT_FALSE(request.reconnect);
  EXPECT_EQ(pair->client_host.server_num, 3);
  EXPECT_EQ(pair->client_host.server_addrs, pair->server_host.my_addrs);
  EXPECT_EQ(pair->client_host.seen_as, *EntityAddr::Parse("v2:127.0.0.1:40000/0"));
}

TEST_F(ConnectionFsmTest, WithoutAnExchangeMethodNoneTellsTheName) {
  auto pair = NewPair();
  pair->Connect();
  ASSERT_NE(pair->server.identity(), nullptr);
  EXPECT_EQ(pair->server.identity()->entity, "client.4131");
  EXPECT_EQ(pair->server.identity()->global_id, 4131u);
  EXPECT_TRUE(pair->server.identity()->allow_all);
  EXPECT_EQ(pair->client.con_mode(), ConMode::kCrc);
  EXPECT_EQ(pair->server.con_mode(), ConMode::kCrc);
}

TEST_F(ConnectionFsmTest, ALossySessionHasNoCookies) {
  Session client(Policy::LossyClient(0)), server(Policy::StatelessServer(0));
  MachinePair pair(&client, &server);
  pair.Connect();
  ASSERT_TRUE(pair.both_ready());
  EXPECT_EQ(client.client_cookie, 0u);
  EXPECT_EQ(client.server_cookie, 0u);
  EXPECT_EQ(server.server_cookie, 0u);
}

TEST_F(ConnectionFsmTest, TheServerSaysWhetherASessionIsLossy) {
  Session client(Policy::LosslessClient(0)), server(Policy::StatelessServer(0));
  MachinePair pair(&client, &server);
  pair.Connect();
  EXPECT_TRUE(client.lossy());
}

TEST_F(ConnectionFsmTest, MessagesArriveWithTheirHeadersAndSource) {
  auto pair = NewPair();
  pair->Connect();
  client_session_.Enqueue(NewMessage(42, "front", 300'000));
  Flush(&client_session_, &pair->client);
  pair->Run(40'000);
  ASSERT_EQ(pair->server_host.messages.size(), 1u) << pair->server.fault();
  const RecordingHost::Received& received = pair->server_host.messages[0];
  EXPECT_EQ(received.header.type, 42);
  EXPECT_EQ(received.header.seq, 1u);
  EXPECT_EQ(received.header.priority, 127);
  EXPECT_EQ(received.header.front_len, 5u);
  EXPECT_EQ(received.header.data_len, 300'000u);
  EXPECT_EQ(received.header.src, (EntityName{kEntityClient, 4131}));
  EXPECT_EQ(received.front.ToString(), "front");
  EXPECT_EQ(received.middle.size(), 0u);
  EXPECT_EQ(received.data.ToString(), std::string(300'000, 'd'));
  EXPECT_EQ(received.footer.flags, MessageFooter::kComplete | MessageFooter::kNoCrc);
  ASSERT_EQ(pair->server_host.preambles.size(), 1u);
  EXPECT_EQ(pair->server_host.preambles[0].data_len, 300'000u);
  EXPECT_EQ(pair->server_host.bytes_taken, 300'005u);
}

TEST_F(ConnectionFsmTest, AnAckThatIsOwedGoesWithAMessage) {
  auto pair = NewPair();
  pair->Connect();
  server_session_.OnMessage(1);
  server_session_.OnMessage(2);
  server_session_.Enqueue(NewMessage(43));
  Flush(&server_session_, &pair->server);
  EXPECT_FALSE(server_session_.OwesAck());
  pair->Run();
  EXPECT_THAT(pair->client_host.acks, ElementsAre(2));
  EXPECT_EQ(pair->client_host.messages.size(), 1u);
}

TEST_F(ConnectionFsmTest, AcksAndKeepalivesArrive) {
  auto pair = NewPair();
  pair->Connect();
  const absl::Time now = absl::FromUnixNanos(1'700'000'000'000'000'123);
  pair->client.AppendAck(7);
  pair->client.AppendKeepalive(now);
  pair->Run();
  EXPECT_THAT(pair->server_host.acks, ElementsAre(7));
  EXPECT_THAT(pair->server_host.keepalives, ElementsAre(now));
  EXPECT_THAT(pair->client_host.keepalive_acks, ElementsAre(now));
}

TEST_F(ConnectionFsmTest, AReconnectionGoesOnAfterWhatArrived) {
  Establish();
  // Of three messages, the server has the first.
  for (int i = 0; i < 3; ++i) {
    client_session_.Enqueue(NewMessage(42));
    client_session_.Sent(client_session_.TakeNext());
  }
  server_session_.OnMessage(1);
  const uint64_t cookie = client_session_.server_cookie;

  auto pair = Return();
  pair->client.set_known_peer({.features = kFeaturesSupported & ~1ull, .num = 3});
  pair->server.set_known_peer({.features = kFeaturesSupported & ~1ull, .num = 4131});
  pair->Connect();
  ASSERT_TRUE(pair->both_ready()) << pair->client.fault() << pair->server.fault();
  ASSERT_EQ(pair->server_host.requests.size(), 1u);
  EXPECT_TRUE(pair->server_host.requests[0].reconnect);
  EXPECT_EQ(pair->server_host.requests[0].connect_seq, 1u);
  EXPECT_EQ(pair->server_host.requests[0].client_cookie, client_session_.client_cookie);
  EXPECT_EQ(pair->server_host.requests[0].server_cookie, cookie);
  EXPECT_EQ(client_session_.server_cookie, cookie) << "the session is the same";
  EXPECT_EQ(server_session_.connect_seq, 1u);
  EXPECT_EQ(client_session_.queued_messages(), 2u);
  EXPECT_EQ(pair->client.features(), kFeaturesSupported & ~1ull);
  EXPECT_EQ(pair->server.features(), kFeaturesSupported & ~1ull);
  Flush(&client_session_, &pair->client);
  pair->Run();
  ASSERT_EQ(pair->server_host.messages.size(), 2u);
  EXPECT_EQ(pair->server_host.messages[0].header.seq, 2u);
  EXPECT_EQ(pair->server_host.messages[1].header.seq, 3u);
  EXPECT_EQ(pair->server_host.messages[0].header.src.num, 4131);
}

TEST_F(ConnectionFsmTest, AReconnectionTellsTheServerWhatArrivedHere) {
  Establish();
  for (int i = 0; i < 3; ++i) {
    server_session_.Enqueue(NewMessage(43));
    server_session_.Sent(server_session_.TakeNext());
  }
  client_session_.OnMessage(1);
  client_session_.OnMessage(2);
  auto pair = Return();
  pair->Connect();
  ASSERT_TRUE(pair->both_ready());
  EXPECT_EQ(server_session_.queued_messages(), 1u);
  EXPECT_EQ(server_session_.TakeNext()->seq(), 3u);
}

TEST_F(ConnectionFsmTest, ARetryComesBackAboveTheServersConnectSeq) {
  Establish();
  auto pair = Return();
  pair->refusals = {{.kind = Refusal::Kind::kRetrySession, .seq = 7}};
  pair->Connect();
  ASSERT_TRUE(pair->both_ready()) << pair->client.fault();
  ASSERT_EQ(pair->server_host.requests.size(), 2u);
  EXPECT_EQ(pair->server_host.requests[1].connect_seq, 8u);
  EXPECT_EQ(client_session_.connect_seq, 8u);
  EXPECT_EQ(server_session_.connect_seq, 8u);
}

TEST_F(ConnectionFsmTest, ARetryComesBackAboveTheServersGlobalSeq) {
  Establish();
  auto pair = Return();
  pair->refusals = {{.kind = Refusal::Kind::kRetryGlobal, .seq = 40}};
  pair->Connect();
  ASSERT_TRUE(pair->both_ready()) << pair->client.fault();
  EXPECT_EQ(pair->server_host.requests[1].global_seq, 41u);
  EXPECT_EQ(pair->client.global_seq(), 41u);
  EXPECT_EQ(server_session_.peer_global_seq, 41u);
}

TEST_F(ConnectionFsmTest, AResetBeginsANewSessionOnTheSameConnection) {
  for (const bool full : {true, false}) {
    Establish();
    const uint64_t client_cookie = client_session_.client_cookie;
    const uint64_t server_cookie = client_session_.server_cookie;
    auto pair = Return();
    pair->client_host.next_cookie = full ? 0xcc00 : 0xcd00;
    pair->server_host.next_cookie = full ? 0x5500 : 0x5600;
    pair->refusals = {{.kind = Refusal::Kind::kResetSession, .seq = 0, .full_reset = full}};
    pair->Connect();
    ASSERT_TRUE(pair->both_ready()) << pair->client.fault();
    EXPECT_THAT(pair->client_host.session_resets, ElementsAre(full));
    EXPECT_FALSE(pair->server_host.requests[1].reconnect);
    EXPECT_EQ(client_session_.client_cookie != client_cookie, full);
    EXPECT_NE(client_session_.server_cookie, server_cookie);
    EXPECT_EQ(client_session_.client_cookie, server_session_.client_cookie);
  }
}

TEST_F(ConnectionFsmTest, AServerThatIsToldToWaitRemembersIt) {
  auto pair = NewPair();
  pair->refusals = {{.kind = Refusal::Kind::kWait}};
  pair->Connect();
  EXPECT_TRUE(pair->client.told_to_wait());
  EXPECT_TRUE(absl::IsUnavailable(pair->client.fault()));
  EXPECT_EQ(pair->client.stage(), MachineStage::kConnecting);
}

TEST_F(ConnectionFsmTest, AServerTellsWhatFeaturesTheClientLacks) {
  auto pair = NewPair();
  pair->server_host.accept_terms.features_required = 1ull << 49;
  pair->Connect();
  EXPECT_THAT(std::string(pair->client.fault().message()), HasSubstr("0x2000000000000"));
  EXPECT_TRUE(pair->server_host.requests.empty());
}

TEST_F(ConnectionFsmTest, AClientFaultsWhenTheServerLacksFeatures) {
  auto pair = NewPair();
  pair->terms.features_supported = kFeaturesSupported;
  pair->terms.features_required = kFeatureUid;
  pair->server_host.accept_terms.features_supported = kFeaturesSupported & ~kFeatureUid;
  pair->Connect();
  EXPECT_FALSE(pair->both_ready());
  EXPECT_THAT(std::string(pair->server.fault().message()), HasSubstr("lacks: 0x1"));
}

TEST_F(ConnectionFsmTest, AClientFaultsWhenTheServerIsOfAnotherType) {
  auto pair = NewPair();
  pair->terms.peer_type = kEntityMon;
  pair->Connect();
  EXPECT_THAT(std::string(pair->client.fault().message()), HasSubstr("type osd, expected was mon"));
}

TEST_F(ConnectionFsmTest, AClientFaultsWhenTheServerIsNotTheOneDialled) {
  auto pair = NewPair();
  pair->client_host.identified = absl::FailedPreconditionError("the wrong peer");
  pair->Connect();
  EXPECT_EQ(pair->client.fault().message(), "the wrong peer");
  EXPECT_EQ(pair->client_host.ready, 0);
}

TEST_F(ConnectionFsmTest, AServerFaultsWhenItIsNotTheOneMeant) {
  auto pair = NewPair();
  pair->server_host.is_my_addr = false;
  pair->Connect();
  EXPECT_THAT(std::string(pair->server.fault().message()), HasSubstr("v2:127.0.0.1:6800/7"));
}

TEST_F(ConnectionFsmTest, APeersBlankAddressIsFilledFromTheSocket) {
  auto pair = NewPair();
  pair->client_host.my_addrs = EntityAddrVec(*EntityAddr::Parse("v2:0.0.0.0:0/99"));
  pair->Connect();
  EXPECT_EQ(pair->server_host.requests[0].peer_addrs.front(),
            *EntityAddr::Parse("v2:127.0.0.1:0/99"));
}

TEST_F(ConnectionFsmTest, AHostMayDecideInsideTheCall) {
  auto pair = NewPair();
  pair->server_host.decide = [&](const ConnectRequest&) {
    pair->server_host.requests.clear();
    pair->server.Open(&server_session_, false);
  };
  pair->Connect();
  EXPECT_TRUE(pair->both_ready());
  EXPECT_EQ(pair->server_host.ready, 1);
}

}  // namespace
}  // namespace siphon::v2
