// A peer that stops reading: its connection waits, nobody else's does.
#include "testing/scenarios/stalled_peer.h"

#include <cstdint>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "msg/connection_info.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {
namespace {

// One worker serves every connection of both sides.
class StalledPeerTest : public testing::Test, protected ScenarioFixture {
 protected:
  StalledPeerTest() : ScenarioFixture(/*workers=*/1) {}

  // How long `n` round trips take, one after the other; and goes on from the last.
  absl::Duration RoundTrips(const ConnectionPtr& c, SessionDispatcher* side, uint64_t n) {
    const absl::Time begun = absl::Now();
    for (uint64_t i = 0; i < n; ++i) {
      Ping(c, ++rounds_, 4096);
      if (!side->WaitForPongs(rounds_)) return absl::InfiniteDuration();
    }
    return absl::Now() - begun;
  }

  uint64_t rounds_ = 0;
};

TEST_F(StalledPeerTest, OthersOnTheWorkerAreServedAtFullSpeedAndAllArrivesWhenItReadsAgain) {
  SessionDispatcher& stalled_side = NewDispatcher();
  SessionDispatcher& busy_side = NewDispatcher();
  SessionDispatcher& client_side = NewDispatcher();
  busy_side.replies = busy_side.fast = client_side.fast = true;
  Messenger* stalled = Peer(0, Policy::StatefulServer(0), &stalled_side);
  Messenger* busy = Peer(1, Policy::StatefulServer(0), &busy_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  TcpProxy proxy(stalled->addrs().legacy());
  const ConnectionPtr to_stalled = Dial(client, proxy.addrs());
  const ConnectionPtr to_busy = Dial(client, busy);
  ASSERT_TRUE(client_side.WaitForCount(client_side.connects, 2));

  constexpr uint64_t kRounds = 300;
  RoundTrips(to_busy, &client_side, kRounds);  // warms up
  const absl::Duration before = RoundTrips(to_busy, &client_side, kRounds);

  proxy.PauseFromClients(true);
  constexpr uint64_t kMessages = 64;
  constexpr size_t kSize = 1 << 20;
  for (uint64_t i = 1; i <= kMessages; ++i) Ping(to_stalled, i, kSize);
  const absl::Duration during = RoundTrips(to_busy, &client_side, kRounds);
  // Ten times is far from what anything but a stalled worker costs, on the busiest machine.
  EXPECT_LT(during, before * 10 + absl::Seconds(1));

  // The wait is there to be seen.
  const ConnectionInfo info = client->ListConnections().front();
  EXPECT_GT(info.out_queue_bytes, kMessages * kSize / 2);
  EXPECT_EQ(info.state, "OPEN");
  EXPECT_TRUE(to_stalled->IsConnected());
  EXPECT_LT(stalled_side.Pings().size(), kMessages);

  proxy.PauseFromClients(false);
  ASSERT_TRUE(stalled_side.WaitForPings(kMessages));
  const std::vector<uint64_t> pings = stalled_side.Pings();
  for (uint64_t i = 0; i < kMessages; ++i) ASSERT_EQ(pings[i], i + 1);
  EXPECT_EQ(proxy.connections(), 1) << "the connection did not break over it";
}

// The receiver's dispatcher is slow, and its throttle full: reading stops, and goes on.
TEST_F(StalledPeerTest, AReceiverThatIsHeldBackByItsDispatchQueueHoldsNobodyElseBack) {
  Set("ms_dispatch_throttle_bytes", "1M");
  SessionDispatcher& slow_side = NewDispatcher();
  SessionDispatcher& busy_side = NewDispatcher();
  SessionDispatcher& client_side = NewDispatcher();
  busy_side.replies = busy_side.fast = client_side.fast = true;
  Messenger* slow = Peer(0, Policy::StatefulServer(0), &slow_side);
  Messenger* busy = Peer(1, Policy::StatefulServer(0), &busy_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  slow->PauseDispatch();
  const ConnectionPtr to_slow = Dial(client, slow);
  const ConnectionPtr to_busy = Dial(client, busy);
  constexpr uint64_t kMessages = 200;
  for (uint64_t i = 1; i <= kMessages; ++i) Ping(to_slow, i, 100000);
  ASSERT_TRUE(slow_side.WaitFor([&] {
    const std::vector<ConnectionInfo> infos = slow->ListConnections();
    return infos.size() == 1 && infos[0].throttled;
  }));
  EXPECT_LE(slow->QueueInfo().throttle_bytes, 1u << 20);
  EXPECT_LE(slow->QueueInfo().messages, 11u + 1);
  EXPECT_LT(RoundTrips(to_busy, &client_side, 300), absl::Seconds(20));
  slow->ResumeDispatch();
  ASSERT_TRUE(slow_side.WaitForPings(kMessages));
}

// What the program stalled_peer plays for a minute.
TEST(StalledPeerRunTest, ALongQueueIsReportedOnceAndAllArrives) {
  StalledPeerOptions options;
  options.stall = absl::Milliseconds(500);
  options.messages = 512;
  options.limit = 8 << 20;
  const StalledPeerResult result = RunStalledPeer(options);
  EXPECT_EQ(result.violation, "") << result.Text();
  EXPECT_EQ(result.arrived, result.sent);
  EXPECT_GT(result.most_waiting, options.limit);
}

TEST(StalledPeerRunTest, AQueueStaysWithinItsLimitWhereThatClosesTheConnection) {
  StalledPeerOptions options;
  options.stall = absl::Milliseconds(500);
  options.messages = 512;
  options.limit = 8 << 20;
  options.closes = true;
  const StalledPeerResult result = RunStalledPeer(options);
  EXPECT_EQ(result.violation, "") << result.Text();
  EXPECT_LT(result.arrived, result.sent);
}

}  // namespace
}  // namespace siphon
