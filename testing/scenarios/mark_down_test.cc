// Mark-downs from inside dispatchers' calls, and shutting down with work left.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

class MarkDownTest : public testing::Test, protected ScenarioFixture {};

// Takes messages and marks down another connection than theirs, from the dispatch thread.
class Saboteur final : public Dispatcher {
 public:
  bool Dispatch(MessagePtr& message) override {
    ConnectionPtr victim;
    {
      MutexLock lock(mutex_);
      ++count_;
      for (const ConnectionPtr& c : connections_) {
        if (c != message->connection() && c->IsConnected()) victim = c;
      }
    }
    message.reset();
    if (victim != nullptr && count() % 3 == 0) victim->MarkDown();
    return true;
  }
  void HandleAccept(const ConnectionPtr& connection) override {
    MutexLock lock(mutex_);
    std::erase_if(connections_, [](const ConnectionPtr& c) { return !c->IsConnected(); });
    connections_.push_back(connection);
  }
  bool HandleReset(const ConnectionPtr& connection) override {
    MutexLock lock(mutex_);
    std::erase(connections_, connection);
    return true;
  }
  uint64_t count() const {
    MutexLock lock(mutex_);
    return count_;
  }

 private:
  mutable Mutex mutex_;
  uint64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<ConnectionPtr> connections_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(MarkDownTest, ProgressGoesOnWhileDispatchersMarkOtherConnectionsDown) {
  Saboteur saboteur;  // of both servers
  ScenarioFixture inner;
  SessionDispatcher& client_side = inner.NewDispatcher();
  Messenger* servers[] = {inner.Peer(0, Policy::StatelessServer(0), &saboteur),
                          inner.Peer(1, Policy::StatelessServer(0), &saboteur)};
  Messenger* client = inner.Make({kEntityClient, 1}, Policy::LossyClient(0));
  client->AddDispatcherHead(&client_side);
  uint64_t before = 0;
  int stuck = 0;
  for (uint64_t round = 0; round < 1000; ++round) {
    for (Messenger* server : servers) {
      Ping(Dial(client, server), round);
      Ping(Dial(client, server), round);
    }
    // A few at a time; how many get through is left to chance, that some do is not.
    inner.stack().Drain();
    const uint64_t now = saboteur.count();
    stuck = now == before ? stuck + 1 : 0;
    if (stuck > 3) {
      ASSERT_TRUE(client_side.WaitFor([&] { return saboteur.count() > before; }))
          << "nothing arrives any more, round " << round;
      stuck = 0;
    }
    before = now;
  }
  EXPECT_GT(saboteur.count(), 1000u);
}

TEST_F(MarkDownTest, AConnectionMayBeMarkedDownInEveryCallThatItIsThemeOf) {
  const auto mark_down = [](const ConnectionPtr& c) { c->MarkDown(); };
  // On accept: the client comes again each time until it is left alone.
  SessionDispatcher& server_side = NewDispatcher();
  SessionDispatcher& client_side = NewDispatcher();
  server_side.on_accept = [&](const ConnectionPtr& c) {
    if (server_side.accepts <= 5) c->MarkDown();
  };
  client_side.on_remote_reset = [&](const ConnectionPtr& c) {
    if (client_side.remote_resets == 3) c->MarkDown();
  };
  Messenger* server = Server(Policy::StatefulServer(0), &server_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  for (uint64_t i = 1; server_side.Pings().empty() && i < 100; ++i) {
    const int accepts = server_side.accepts;
    const ConnectionPtr c = Dial(client, server);
    Ping(c, i);
    // The reset that is the third may come late, and take a ping with it that was sent after it.
    ASSERT_TRUE(server_side.WaitFor([&] {
      return !server_side.Pings().empty() || server_side.accepts > accepts || !c->IsConnected();
    }));
  }
  EXPECT_FALSE(server_side.Pings().empty());

  // On connect, on reset, and within the delivery of a message, fast and queued.
  for (const bool fast : {false, true}) {
    SessionDispatcher& side = NewDispatcher();
    side.fast = fast;
    side.on_message = [](const Message& m) { m.connection()->MarkDown(); };
    side.on_reset = mark_down;
    Messenger* other = Peer(fast ? 3 : 4, Policy::StatelessServer(0), &side);
    SessionDispatcher& caller_side = NewDispatcher();
    caller_side.on_reset = mark_down;
    Messenger* caller = Make({kEntityClient, fast ? 5 : 6}, Policy::LossyClient(0));
    caller->AddDispatcherHead(&caller_side);
    const ConnectionPtr c = Dial(caller, other);
    for (uint64_t i = 1; i <= 50; ++i) Ping(c, i);
    ASSERT_TRUE(caller_side.WaitForCount(caller_side.resets, 1));
    EXPECT_THAT(side.Pings(), testing::ElementsAre(1)) << "the rest went with the connection";
  }
  SessionDispatcher& shy_side = NewDispatcher();
  shy_side.on_connect = mark_down;
  Messenger* shy = Make({kEntityClient, 7}, Policy::LossyClient(0));
  shy->AddDispatcherHead(&shy_side);
  const ConnectionPtr c = Dial(shy, server);
  ASSERT_TRUE(shy_side.WaitForCount(shy_side.connects, 1));
  ASSERT_TRUE(shy_side.WaitFor([&] { return shy->ListConnections().empty(); }));
  EXPECT_EQ(shy_side.resets, 0);
}

// Everything that can be under way is: dials, handshakes, queues in both directions, broken
// sockets, messages to oneself.
TEST_F(MarkDownTest, MessengersShutDownInTheMiddleOfEverything) {
  for (int round = 0; round < 20; ++round) {
    SessionDispatcher& a_side = NewDispatcher();
    SessionDispatcher& b_side = NewDispatcher();
    a_side.replies = b_side.replies = true;
    a_side.fast = round % 2 == 0;
    Set("ms_inject_socket_failures", round % 3 == 0 ? "20" : "0");
    Messenger* a = Peer(1, Policy::LosslessPeerReuse(0), &a_side);
    Messenger* b = Peer(2, Policy::LosslessPeerReuse(0), &b_side);
    if (round % 4 == 1) b->PauseDispatch();
    const ConnectionPtr from_a = Dial(a, b);
    const ConnectionPtr from_b = Dial(b, a);
    const ConnectionPtr self = a->GetLoopbackConnection();
    const ConnectionPtr nobody = Dial(a, EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:9/1")));
    for (uint64_t i = 0; i < 50; ++i) {
      Ping(from_a, i, 100000);
      Ping(from_b, i, 1000);
      Ping(self, i, 10);
      Ping(nobody, i);
    }
    if (round % 2 == 1) a_side.WaitForPings(static_cast<size_t>(round));
    Stop(a);
    Ping(from_a, 1);
    from_a->SendKeepalive();
    from_a->MarkDisposable();
    from_a->MarkDown();
    EXPECT_FALSE(from_a->IsConnected());
    EXPECT_FALSE(a->ConnectTo(kEntityOsd, b->addrs()).ok());
    EXPECT_EQ(a_side.resets, 0) << "a shutdown reports nothing";
    Stop(b);
    EXPECT_TRUE(b->ListConnections().empty());
  }
  Set("ms_inject_socket_failures", "0");
}

TEST_F(MarkDownTest, AMessengerThatIsShutDownInADispatchersCallEnds) {
  SessionDispatcher& server_side = NewDispatcher();
  SessionDispatcher& client_side = NewDispatcher();
  Messenger* server = nullptr;
  server_side.on_message = [&server](const Message&) { server->Shutdown(); };
  server = Server(Policy::StatelessServer(0), &server_side);
  Messenger* client = Client(Policy::LossyClient(0), &client_side);
  const ConnectionPtr c = Dial(client, server);
  for (uint64_t i = 1; i <= 100; ++i) Ping(c, i);
  server->Wait();
  EXPECT_EQ(server_side.Pings().size(), 1u);
  ASSERT_TRUE(client_side.WaitForCount(client_side.resets, 1));
}

}  // namespace
}  // namespace siphon
