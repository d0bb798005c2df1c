// Messengers on real sockets.
#include "msg/async/async_messenger.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/entity_addr.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "msg/throttle.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AsyncMessengerTest : public testing::Test, protected ScenarioFixture {
 protected:
  // A server and a client, and the client's connection to it.
  void Begin(const Policy& server_policy, const Policy& client_policy) {
    server_ = Server(server_policy, &server_side_);
    client_ = Client(client_policy, &client_side_);
    connection_ = Dial(client_, server_);
  }

  SessionDispatcher& server_side_ = NewDispatcher();
  SessionDispatcher& client_side_ = NewDispatcher();
  Messenger* server_ = nullptr;
  Messenger* client_ = nullptr;
  ConnectionPtr connection_;
};

TEST_F(AsyncMessengerTest, CarriesMessagesOfEverySizeBothWays) {
  server_side_.replies = true;
  server_side_.fast = true;
  Begin(Policy::StatelessServer(0), Policy::LossyClient(0));
  const size_t sizes[] = {0, 1, 64, 4095, 4096, 65536, 1 << 20, 5 << 20};
  for (size_t i = 0; i < std::size(sizes); ++i) {
    Ping(connection_, i, sizes[i]);
  }
  ASSERT_TRUE(client_side_.WaitForPongs(std::size(sizes)));
  EXPECT_THAT(client_side_.Pongs(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_TRUE(connection_->IsConnected());
  EXPECT_EQ(client_side_.connects, 1);
  EXPECT_EQ(server_side_.accepts, 1);
}

TEST_F(AsyncMessengerTest, KeepsTheOrderOfEachSendingThread) {
  Begin(Policy::StatefulServer(0), Policy::LosslessClient(0));
  constexpr uint64_t kEach = 5000;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < kEach; ++i) {
        Ping(connection_, t << 32 | i);
      }
    });
  }
  for (auto& t : threads) t.join();
  ASSERT_TRUE(server_side_.WaitForPings(4 * kEach));
  std::map<uint64_t, uint64_t> next;
  for (const uint64_t n : server_side_.Pings()) ASSERT_EQ(n & 0xffffffff, next[n >> 32]++);
}

TEST_F(AsyncMessengerTest, LosesNothingWhileSocketsFail) {
  server_side_.replies = true;
  Set("ms_inject_socket_failures", "20");
  Begin(Policy::StatefulServer(0), Policy::LosslessClient(0));
  constexpr uint64_t kMessages = 1000;
  for (uint64_t i = 0; i < kMessages; ++i) {
    Ping(connection_, i, i % 7 * 1000);
    // A few at a time, so that there are many reads and writes.
    if (i >= 3) ASSERT_TRUE(client_side_.WaitForPongs(i - 3));
  }
  ASSERT_TRUE(client_side_.WaitForPongs(kMessages));
  Set("ms_inject_socket_failures", "0");
  const std::vector<uint64_t> got = client_side_.Pongs();
  ASSERT_EQ(got.size(), kMessages);
  for (uint64_t i = 0; i < kMessages; ++i) ASSERT_EQ(got[i], i);
  EXPECT_GT(client_->Info().reconnects_total, 10u);
  EXPECT_EQ(client_side_.resets, 0);
  EXPECT_EQ(client_side_.remote_resets, 0);
}

TEST_F(AsyncMessengerTest, TwoPeersThatDialEachOtherShareOneSession) {
  for (int round = 0; round < 30; ++round) {
    SessionDispatcher& a_side = NewDispatcher();
    SessionDispatcher& b_side = NewDispatcher();
    Messenger* a = Peer(1, Policy::LosslessPeerReuse(0), &a_side);
    Messenger* b = Peer(2, Policy::LosslessPeerReuse(0), &b_side);
    Ping(Dial(a, b), 1);
    Ping(Dial(b, a), 2);
    ASSERT_TRUE(a_side.WaitForPings(1)) << "round " << round;
    ASSERT_TRUE(b_side.WaitForPings(1)) << "round " << round;
    EXPECT_THAT(a_side.Pings(), ElementsAre(2));
    EXPECT_THAT(b_side.Pings(), ElementsAre(1));
    EXPECT_EQ(a->ListConnections().size(), 1u);
    EXPECT_EQ(b->ListConnections().size(), 1u);
    for (Messenger* m : {a, b}) Destroy(m);
  }
}

TEST_F(AsyncMessengerTest, ALossyClientIsToldOfTheResetWhenTheServerDropsIt) {
  Begin(Policy::StatelessServer(0), Policy::LossyClient(0));
  Ping(connection_, 1);
  ASSERT_TRUE(server_side_.WaitForPings(1));
  server_->MarkDownAll();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.resets, 1));
  EXPECT_FALSE(connection_->IsConnected());
  EXPECT_EQ(server_side_.resets, 0) << "a mark-down is not reported to who did it";
}

TEST_F(AsyncMessengerTest, ALosslessClientIsToldThatTheServerForgotItsSession) {
  Begin(Policy::StatefulServer(0), Policy::LosslessClient(0));
  Ping(connection_, 1);
  ASSERT_TRUE(server_side_.WaitForPings(1));
  server_->MarkDownAll();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.remote_resets, 1));
  Ping(connection_, 2);
  ASSERT_TRUE(server_side_.WaitForPings(2));
  EXPECT_EQ(client_side_.resets, 0);
}

TEST_F(AsyncMessengerTest, ReportsThatNobodyListens) {
  client_ = Client(Policy::LossyClient(0), &client_side_);
  Dial(client_, EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:9/1")));
  EXPECT_TRUE(client_side_.WaitForCount(client_side_.refusals, 2)) << "and tries again";
}

TEST_F(AsyncMessengerTest, RefusesAPeerWithAnotherNonceThanDialled) {
  server_ = Server(Policy::StatelessServer(0), &server_side_);
  client_ = Client(Policy::LossyClient(0), &client_side_);
  EntityAddrVec addrs = server_->addrs();
  addrs.set_nonce(123456);
  Dial(client_, addrs);
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.resets, 1));
  const MessengerInfo info = client_->Info();
  ASSERT_FALSE(info.recent_faults.empty());
  EXPECT_THAT(info.recent_faults.back().reason, HasSubstr("the wrong peer"));
}

TEST_F(AsyncMessengerTest, DeliversMessagesToItself) {
  server_ = Server(Policy::StatelessServer(0), &server_side_);
  connection_ = Dial(server_, server_);
  EXPECT_TRUE(connection_->IsLoopback());
  Ping(connection_, 5);
  ASSERT_TRUE(server_side_.WaitForPings(1));
}

TEST_F(AsyncMessengerTest, TellsAboutItsConnections) {
  Begin(Policy::StatelessServer(0), Policy::LossyClient(0));
  Ping(connection_, 1, 100);
  ASSERT_TRUE(server_side_.WaitForPings(1));
  const std::vector<ConnectionInfo> infos = client_->ListConnections();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].state, "OPEN");
  EXPECT_EQ(infos[0].policy, "lossy_client");
  EXPECT_EQ(infos[0].out_seq, 1u);
  EXPECT_EQ(infos[0].messages_out, 1u);
  EXPECT_FALSE(infos[0].recent.empty());
  EXPECT_EQ(server_->Info().messages_in, 1u);
  EXPECT_EQ(server_->Info().connections, 1u);
}

TEST_F(AsyncMessengerTest, TimesOutAHandshakeThatStandsStill) {
  Set("ms_connection_ready_timeout", "0.05");
  server_ = Server(Policy::StatelessServer(0), &server_side_);
  const EntityAddr addr = server_->addrs().legacy();
  const int fd = socket(addr.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(fd, addr.sockaddr_ptr(), addr.sockaddr_len()), 0);
  // The server ends the connection after its greeting.
  char buffer[4096];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
  }
  EXPECT_LE(n, 0);
  close(fd);
  stack().Drain();  // the round that closed it also reports it
  const MessengerInfo info = server_->Info();
  EXPECT_EQ(info.accepting, 0u);
  ASSERT_FALSE(info.recent_faults.empty());
  EXPECT_THAT(info.recent_faults.back().reason, HasSubstr("ms_connection_ready_timeout"));
}

TEST_F(AsyncMessengerTest, AThrottleHoldsReadingBackAndLetsItGoOn) {
  auto throttle = std::make_shared<Throttle>("test", 3000);
  Policy policy = Policy::StatefulServer(0);
  policy.throttler_bytes = throttle;
  throttle->Take(2900);  // someone else holds nearly all of it
  Begin(policy, Policy::LosslessClient(0));
  for (uint64_t i = 0; i < 100; ++i) Ping(connection_, i, 1000);
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.accepts, 1));
  while (throttle->stats().waiters == 0) std::this_thread::yield();
  EXPECT_TRUE(server_side_.Pings().empty());
  const std::vector<ConnectionInfo> infos = server_->ListConnections();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].state, "OPEN_MESSAGE_THROTTLE_BYTES");
  EXPECT_TRUE(infos[0].throttled);
  throttle->Put(2900);
  ASSERT_TRUE(server_side_.WaitForPings(100));
}

TEST_F(AsyncMessengerTest, ShutsDownWithMessagesStillQueued) {
  Begin(Policy::StatefulServer(0), Policy::LosslessClient(0));
  server_->PauseDispatch();
  for (uint64_t i = 0; i < 1000; ++i) Ping(connection_, i, 100000);
  Stop(client_);
  Ping(connection_, 1);
  connection_->MarkDown();
}

TEST_F(AsyncMessengerTest, RebindsToOtherPortsWithANewNonce) {
  server_ = Server(Policy::StatelessServer(0), &server_side_);
  const EntityAddr before = server_->addrs().legacy();
  ASSERT_TRUE(server_->Rebind({before.port() + 1}).ok());
  const EntityAddr after = server_->addrs().legacy();
  EXPECT_NE(after.port(), before.port());
  EXPECT_NE(after.port(), before.port() + 1);
  EXPECT_NE(after.nonce(), before.nonce());
  client_ = Client(Policy::LossyClient(0), &client_side_);
  Ping(Dial(client_, server_), 1);
  ASSERT_TRUE(server_side_.WaitForPings(1));
}

}  // namespace
}  // namespace siphon
