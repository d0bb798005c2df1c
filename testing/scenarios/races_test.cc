// Connection races and reconnections of peers, held at the point where they matter.
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/connection_info.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/proxied_peers.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;

// Until here the server has said who it is; the client answers the last byte with its connect
// message.
constexpr size_t kGreeting = 9 + 2 * 136;

TcpProxy::Plan HoldBeforeConnect() {
  TcpProxy::Plan plan;
  plan.hold_to_client = kGreeting - 1;
  return plan;
}
TcpProxy::Plan HoldEach(int) { return HoldBeforeConnect(); }

class RacesTest : public testing::Test, protected ScenarioFixture {
 protected:
  static void ExpectOneMessageEach(ProxiedPeers* p) {
    ASSERT_TRUE(p->a_side.WaitForPings(1));
    ASSERT_TRUE(p->b_side.WaitForPings(1));
    ASSERT_TRUE(p->WaitUntilOneSessionIsOpen());
    EXPECT_THAT(p->a_side.Pings(), ElementsAre(2));
    EXPECT_THAT(p->b_side.Pings(), ElementsAre(1));
    EXPECT_EQ(p->Resets(), 0);
  }
};

TEST_F(RacesTest, OfTwoConnectionsDialledAtOnceOneCarriesBothSidesMessages) {
  for (const Policy& policy : {Policy::LosslessPeerReuse(0), Policy::LosslessPeer(0)}) {
    ProxiedPeers p(this, policy, HoldEach, HoldEach);
    const ConnectionPtr from_a = p.DialFromA();
    const ConnectionPtr from_b = p.DialFromB();
    Ping(from_a, 1);
    Ping(from_b, 2);
    ASSERT_TRUE(p.a_side.WaitFor([&] { return p.proxy_a.held() == 1 && p.proxy_b.held() == 1; }));
    p.Release();
    ExpectOneMessageEach(&p);
    EXPECT_TRUE(from_a->IsConnected() && from_b->IsConnected());
    EXPECT_EQ(SessionDispatcher::CountOf(from_a), 1);
    EXPECT_EQ(SessionDispatcher::CountOf(from_b), 1);
    EXPECT_EQ(p.b->ListConnections()[0].peer_name, (EntityName{kEntityOsd, 1}));
    Stop(p.a);
    Stop(p.b);
  }
}

// b's own connection hangs in its greeting when a's connect message comes: a's address is the
// lesser, so a's connection takes b's session over.
TEST_F(RacesTest, AnIncomingConnectionThatWinsReplacesOneThatStillWaitsForItsGreeting) {
  ProxiedPeers p(this, Policy::LosslessPeerReuse(0), HoldEach);
  const ConnectionPtr from_b = p.DialFromB();
  Ping(from_b, 2);
  ASSERT_TRUE(p.b_side.WaitFor([&] { return p.proxy_a.held() == 1; }));
  Ping(p.DialFromA(), 1);
  ExpectOneMessageEach(&p);
  EXPECT_EQ(p.b_side.accepts, 1);
  EXPECT_EQ(p.b_side.connects, 0);
  p.Release();  // what the old connection still gets is of no consequence
  Ping(from_b, 3);
  ASSERT_TRUE(p.a_side.WaitForPings(2));
  EXPECT_EQ(p.a->ListConnections().size(), 1u);
}

// a's connection hangs in its greeting; b's connect message loses against it, and b waits.
TEST_F(RacesTest, APeerThatIsToldToWaitGetsTheConnectionOfTheWinner) {
  ProxiedPeers p(this, Policy::LosslessPeerReuse(0), nullptr, HoldEach);
  // From a's side: an incoming connection from b, whose address is the greater, loses.
  Ping(p.DialFromA(), 1);
  ASSERT_TRUE(p.a_side.WaitFor([&] { return p.proxy_b.held() == 1; }));
  const ConnectionPtr from_b = p.DialFromB();
  Ping(from_b, 2);
  ASSERT_TRUE(p.b_side.WaitFor([&] { return p.b->Info().faults_total >= 1; }));
  EXPECT_TRUE(p.a_side.Pings().empty());
  p.Release();
  ExpectOneMessageEach(&p);
  EXPECT_EQ(p.a_side.connects, 1);
}

TEST_F(RacesTest, BothSidesReconnectAtOnceAndOneSessionGoesOn) {
  const auto hold_later = [](int n) { return n == 0 ? TcpProxy::Plan() : HoldBeforeConnect(); };
  for (const Policy& policy : {Policy::LosslessPeerReuse(0), Policy::LosslessPeer(0)}) {
    ProxiedPeers p(this, policy, HoldEach, hold_later);
    const ConnectionPtr from_a = p.DialFromA();
    ASSERT_TRUE(p.WaitUntilOneSessionIsOpen());
    const ConnectionPtr from_b = p.DialFromB();
    p.Cut();
    ASSERT_TRUE(
        p.a_side.WaitFor([&] { return StateOf(p.a) == "STANDBY" && StateOf(p.b) == "STANDBY"; }));
    Ping(from_a, 1);
    Ping(from_b, 2);
    ASSERT_TRUE(p.a_side.WaitFor([&] { return p.proxy_a.held() == 1 && p.proxy_b.held() == 1; }));
    p.Release();
    ExpectOneMessageEach(&p);
    EXPECT_EQ(p.a_side.connects + p.a_side.accepts, 2) << "opened once, and once more";
    EXPECT_EQ(p.b_side.connects + p.b_side.accepts, 2);
    Stop(p.a);
    Stop(p.b);
  }
}

// a has sent what b never acknowledged, so a's connect_seq is ahead when both dial.
TEST_F(RacesTest, ASideThatIsAheadReconnectsAgainstOneThatLeavesStandby) {
  const auto hold_later = [](int n) { return n == 0 ? TcpProxy::Plan() : HoldBeforeConnect(); };
  ProxiedPeers p(this, Policy::LosslessPeerReuse(0), HoldEach, hold_later);
  const ConnectionPtr from_a = p.DialFromA();
  ASSERT_TRUE(p.WaitUntilOneSessionIsOpen());
  p.proxy_b.PauseFromClients(true);
  Ping(from_a, 1);
  ASSERT_TRUE(p.a_side.WaitFor([&] {
    const std::vector<ConnectionInfo> infos = p.a->ListConnections();
    return infos.size() == 1 && infos[0].unacked_messages == 1;
  }));
  p.Cut();
  ASSERT_TRUE(p.b_side.WaitFor([&] { return StateOf(p.b) == "STANDBY"; }));
  Ping(p.DialFromB(), 2);
  p.proxy_b.PauseFromClients(false);
  ASSERT_TRUE(p.a_side.WaitFor([&] { return p.proxy_a.held() == 1 && p.proxy_b.held() == 1; }));
  p.Release();
  ExpectOneMessageEach(&p);
}

// The reply that would open the session never leaves; a, with nothing to send, does not try again,
// but b has something to say.
TEST_F(RacesTest, ThePeerReconnectsWhenTheReplyToItsClientWasLost) {
  ProxiedPeers p(this, Policy::LosslessPeer(0), nullptr, [](int n) {
    TcpProxy::Plan plan;
    if (n == 0) plan.cut_to_client = kGreeting + 1;
    return plan;
  });
  const ConnectionPtr from_a = p.DialFromA();
  ASSERT_TRUE(p.a_side.WaitFor([&] { return StateOf(p.a) == "STANDBY"; }));
  ASSERT_TRUE(p.b_side.WaitFor([&] { return StateOf(p.b) == "STANDBY"; }));
  EXPECT_EQ(p.a_side.connects, 0);
  Ping(p.DialFromB(), 2);
  ASSERT_TRUE(p.a_side.WaitForPings(1));
  ASSERT_TRUE(p.WaitUntilOneSessionIsOpen());
  EXPECT_EQ(p.proxy_b.connections(), 1) << "a did not dial again";
  Ping(from_a, 1);
  ExpectOneMessageEach(&p);
}

TEST_F(RacesTest, AReplyThatBreaksOffIsSentAgainOverOneReconnection) {
  SessionDispatcher& server_side = NewDispatcher();
  SessionDispatcher& client_side = NewDispatcher();
  server_side.replies = true;
  Messenger* server = Server(Policy::StatefulServer(0), &server_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  // Within the second pong: reply, sequence number, then pongs of 1+53+18+21 bytes, and an ack.
  TcpProxy proxy(server->addrs().legacy(), [](int n) {
    TcpProxy::Plan plan;
    if (n == 0) plan.cut_to_client = kGreeting + 26 + 8 + 93 + 9 + 40;
    return plan;
  });
  const ConnectionPtr c = Dial(client, proxy.addrs());
  Ping(c, 1);
  ASSERT_TRUE(client_side.WaitForPongs(1));
  Ping(c, 2);
  Ping(c, 3);
  ASSERT_TRUE(client_side.WaitForPongs(3));
  EXPECT_THAT(client_side.Pongs(), ElementsAre(1, 2, 3));
  EXPECT_THAT(server_side.Pings(), ElementsAre(1, 2, 3));
  EXPECT_EQ(proxy.connections(), 2);
  ASSERT_TRUE(client_side.WaitForCount(client_side.connects, 2));
  ASSERT_TRUE(server_side.WaitForCount(server_side.accepts, 2));
  EXPECT_EQ(server_side.connects + client_side.accepts, 0);
  EXPECT_EQ(server_side.remote_resets + client_side.remote_resets, 0);
  const ConnectionInfo info = client->ListConnections()[0];
  EXPECT_EQ(info.reconnects, 1u);
}

}  // namespace
}  // namespace siphon
