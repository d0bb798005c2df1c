// Time-outs, keepalives and back-off on real sockets.
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {
namespace {

class TimeoutsTest : public testing::Test, protected ScenarioFixture {
 protected:
  SessionDispatcher& server_side_ = NewDispatcher();
  SessionDispatcher& client_side_ = NewDispatcher();
};

TEST_F(TimeoutsTest, AnIdleConnectionIsClosed) {
  Set("ms_connection_idle_timeout", "1");
  server_side_.replies = true;
  Messenger* server = Server(Policy::StatefulServer(0), &server_side_);
  Messenger* client = Client(Policy::LossyClient(0), &client_side_);
  const ConnectionPtr c = Dial(client, server);
  Ping(c, 1);
  ASSERT_TRUE(client_side_.WaitForPongs(1));
  c->MarkDisposable();
  const absl::Time begun = absl::Now();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.resets, 1));
  EXPECT_GE(absl::Now() - begun, absl::Milliseconds(700));
  EXPECT_FALSE(c->IsConnected());
}

TEST_F(TimeoutsTest, KeepalivesKeepAnIdleConnectionOpen) {
  Set("ms_connection_idle_timeout", "1");
  Messenger* server = Server(Policy::StatelessServer(0), &server_side_);
  Messenger* client = Client(Policy::LossyClient(0), &client_side_);
  const ConnectionPtr c = Dial(client, server);
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.connects, 1));
  const absl::Time end = absl::Now() + absl::Milliseconds(2500);
  absl::Time last_sent = absl::InfinitePast();
  client_side_.WaitFor([&] {
    if (absl::Now() - last_sent > absl::Milliseconds(100)) {
      c->SendKeepalive();
      last_sent = absl::Now();
    }
    return absl::Now() > end;
  });
  EXPECT_TRUE(c->IsConnected());
  EXPECT_EQ(client_side_.resets, 0);
}

TEST_F(TimeoutsTest, KeepalivesAreStampedOnBothSides) {
  Messenger* server = Server(Policy::StatelessServer(0), &server_side_);
  Messenger* client = Client(Policy::LossyClient(0), &client_side_);
  const ConnectionPtr c = Dial(client, server);
  EXPECT_EQ(c->last_keepalive_ack(), absl::InfinitePast());
  const absl::Time before = absl::Now();
  c->SendKeepalive();
  ASSERT_TRUE(
      client_side_.WaitFor([&] { return c->last_keepalive_ack() != absl::InfinitePast(); }));
  const absl::Time first = c->last_keepalive_ack();
  EXPECT_GE(first, before - absl::Microseconds(1));
  EXPECT_LE(first, absl::Now());
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.accepts, 1));
  EXPECT_GE(server_side_.Accepted(0)->last_keepalive(), first);
  c->SendKeepalive();
  ASSERT_TRUE(client_side_.WaitFor([&] { return c->last_keepalive_ack() > first; }));
  EXPECT_EQ(c->last_keepalive(), absl::InfinitePast()) << "the server asked for none";
}

TEST_F(TimeoutsTest, AKeepaliveWakesASessionInStandby) {
  Messenger* server = Server(Policy::LosslessPeer(0), &server_side_);
  Messenger* client = Peer(1, Policy::LosslessPeer(0), &client_side_);
  TcpProxy proxy(server->addrs().legacy());
  const ConnectionPtr c = Dial(client, proxy.addrs());
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.connects, 1));
  proxy.CutAll();
  ASSERT_TRUE(client_side_.WaitFor([&] { return StateOf(client) == "STANDBY"; }));
  c->SendKeepalive();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.connects, 2));
  ASSERT_TRUE(
      client_side_.WaitFor([&] { return c->last_keepalive_ack() != absl::InfinitePast(); }));
  EXPECT_EQ(client_side_.remote_resets, 0) << "the session went on";
}

// A server that accepts TCP connections and says nothing.
TEST_F(TimeoutsTest, AClientGivesUpAHandshakeThatStandsStillAndTriesAgain) {
  Set("ms_connection_ready_timeout", "0.1");
  Messenger* server = Server(Policy::StatefulServer(0), &server_side_);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side_);
  TcpProxy proxy(server->addrs().legacy(), [](int n) {
    TcpProxy::Plan plan;
    if (n < 3) plan.hold_to_client = 100;  // within the server's greeting
    return plan;
  });
  Ping(Dial(client, proxy.addrs()), 1);
  ASSERT_TRUE(server_side_.WaitForPings(1));
  EXPECT_GE(proxy.connections(), 4);
  bool told = false;
  for (const FaultRecord& fault : client->Info().recent_faults) {
    told = told || absl::StrContains(fault.reason, "ms_connection_ready_timeout");
  }
  EXPECT_TRUE(told);
}

TEST_F(TimeoutsTest, AServerGivesUpAClientThatStandsStillInTheHandshake) {
  Set("ms_connection_ready_timeout", "0.1");
  Messenger* server = Server(Policy::StatefulServer(0), &server_side_);
  const EntityAddr addr = server->addrs().legacy();
  const int fd = socket(addr.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(fd, addr.sockaddr_ptr(), addr.sockaddr_len()), 0);
  char buffer[4096];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
  }
  close(fd);
  ASSERT_TRUE(server_side_.WaitFor([&] { return server->Info().accepting == 0; }));
  EXPECT_EQ(server_side_.accepts, 0);
}

TEST_F(TimeoutsTest, TriesFollowAtGrowingDistancesUpToTheLongest) {
  Set("ms_initial_backoff", "0.02");
  Set("ms_max_backoff", "0.08");
  Messenger* client = Client(Policy::LosslessClient(0), &client_side_);
  const absl::Time begun = absl::Now();
  Dial(client, EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:9/1")));
  // Waits of 20, 40, 80 and 80 ms lie between the first try and the fifth.
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.refusals, 5));
  EXPECT_GE(absl::Now() - begun, absl::Milliseconds(220));
  EXPECT_EQ(client_side_.resets, 0);
}

}  // namespace
}  // namespace siphon
