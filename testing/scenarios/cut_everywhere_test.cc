// A connection that breaks at each byte of its handshake and of its first messages: a lossless
// session delivers all the same, a lossy one delivers a prefix and says that it ended.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/proxied_peers.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;

// What each side sends (protocol section 4), without authorizers.
constexpr size_t kGreeting = 9 + 2 * 136;
constexpr size_t kReply = 26 + 8;
constexpr size_t kConnect = 9 + 136 + 33 + 8;
constexpr size_t kMessage = 1 + 53 + 18 + 21;
constexpr uint64_t kPings = 3;
// Without the last byte, which ends a message that may be the last thing sent.
constexpr size_t kToClient = kGreeting + kReply + kPings * kMessage - 1;
constexpr size_t kToServer = kConnect + kPings * kMessage - 1;

// Every byte in the parts that are short, every tenth in the addresses.
std::vector<size_t> CutPoints(size_t addresses_end, size_t end) {
  std::vector<size_t> points;
  for (size_t i = 0; i <= end; i += (i >= 9 && i + 10 < addresses_end) ? 10 : 3)
    points.push_back(i);
  for (const size_t edge : {size_t{9}, addresses_end - 1, addresses_end, addresses_end + 1}) {
    points.push_back(edge);
  }
  return points;
}

struct Cut {
  bool to_client;
  size_t at;
  std::string Text() const {
    return absl::StrCat("cut after ", at, " bytes to the ", to_client ? "client" : "server");
  }
};

std::vector<Cut> AllCuts() {
  std::vector<Cut> cuts;
  for (const size_t at : CutPoints(kGreeting, kToClient)) cuts.push_back({true, at});
  for (const size_t at : CutPoints(9 + 136, kToServer)) cuts.push_back({false, at});
  return cuts;
}

// The first connection breaks at `cut`, the second at `second` if given.
TcpProxy::Planner PlanFor(const Cut& cut, const Cut* second = nullptr) {
  std::vector<TcpProxy::Plan> plans;
  for (const Cut* c : {&cut, second}) {
    if (c == nullptr) continue;
    TcpProxy::Plan plan;
    (c->to_client ? plan.cut_to_client : plan.cut_to_server) = c->at;
    plans.push_back(plan);
  }
  return [plans](int n) {
    return static_cast<size_t>(n) < plans.size() ? plans[static_cast<size_t>(n)] : TcpProxy::Plan();
  };
}

class CutEverywhereTest : public testing::Test, protected ScenarioFixture {
 protected:
  CutEverywhereTest() {
    Set("ms_initial_backoff", "0.001");
    Set("ms_max_backoff", "0.005");
  }
  void PlayLossless(const Cut& cut, const Cut* second) {
    SessionDispatcher& server_side = NewDispatcher();
    SessionDispatcher& client_side = NewDispatcher();
    server_side.replies = true;
    server_side.fast = true;
    Messenger* server = Server(Policy::StatefulServer(0), &server_side);
    Messenger* client = Client(Policy::LosslessClient(0), &client_side);
    {
      TcpProxy proxy(server->addrs().legacy(), PlanFor(cut, second));
      const ConnectionPtr c = Dial(client, proxy.addrs());
      for (uint64_t i = 1; i <= kPings; ++i) Ping(c, i);
      ASSERT_TRUE(client_side.WaitForPongs(kPings));
      EXPECT_THAT(client_side.Pongs(), ElementsAre(1, 2, 3));
      EXPECT_THAT(server_side.Pings(), ElementsAre(1, 2, 3));
      EXPECT_GE(proxy.connections(), second == nullptr ? 2 : 3);
      EXPECT_EQ(client_side.resets + client_side.remote_resets + server_side.resets, 0);
    }
    Destroy(client);
    Destroy(server);
  }
};

TEST_F(CutEverywhereTest, ALosslessClientLosesAndRepeatsNothing) {
  for (const Cut& cut : AllCuts()) {
    SCOPED_TRACE(cut.Text());
    PlayLossless(cut, nullptr);
    if (HasFailure()) return;
  }
}

TEST_F(CutEverywhereTest, NorDoesItWhenTheReconnectionBreaksToo) {
  const std::vector<Cut> cuts = AllCuts();
  // The second break within the handshake, which is shorter when there is less to send again.
  for (size_t i = 0; i < cuts.size(); i += 2) {
    const Cut second =
        i % 4 == 0 ? Cut{true, kGreeting + i % kReply} : Cut{false, kConnect - 8 - i % (33 + 8)};
    SCOPED_TRACE(cuts[i].Text() + ", then " + second.Text());
    PlayLossless(cuts[i], &second);
    if (HasFailure()) return;
  }
}

TEST_F(CutEverywhereTest, PeersThatBothSendLoseAndRepeatNothing) {
  for (const Cut& cut : AllCuts()) {
    SCOPED_TRACE(cut.Text());
    ProxiedPeers p(this, Policy::LosslessPeer(0), nullptr, PlanFor(cut));
    const ConnectionPtr c = p.DialFromA();
    p.b_side.replies = false;
    for (uint64_t i = 1; i <= kPings; ++i) Ping(c, i);
    const ConnectionPtr back = p.DialFromB();
    for (uint64_t i = 1; i <= kPings; ++i) Ping(back, 10 + i);
    ASSERT_TRUE(p.a_side.WaitForPings(kPings));
    ASSERT_TRUE(p.b_side.WaitForPings(kPings));
    EXPECT_THAT(p.a_side.Pings(), ElementsAre(11, 12, 13));
    EXPECT_THAT(p.b_side.Pings(), ElementsAre(1, 2, 3));
    EXPECT_EQ(p.Resets(), 0);
    Destroy(p.a);
    Destroy(p.b);
    if (HasFailure()) return;
  }
}

TEST_F(CutEverywhereTest, ALossyClientGetsAPrefixAndOneReset) {
  SessionDispatcher& server_side = NewDispatcher();
  server_side.replies = true;
  Messenger* server = Server(Policy::StatelessServer(0), &server_side);
  for (const Cut& cut : AllCuts()) {
    SCOPED_TRACE(cut.Text());
    SessionDispatcher& client_side = NewDispatcher();
    Messenger* client = Client(Policy::LossyClient(0), &client_side);
    TcpProxy proxy(server->addrs().legacy(), PlanFor(cut));
    const ConnectionPtr c = Dial(client, proxy.addrs());
    for (uint64_t i = 1; i <= kPings; ++i) Ping(c, i);
    ASSERT_TRUE(client_side.WaitForCount(client_side.resets, 1));
    const std::vector<uint64_t> pongs = client_side.Pongs();
    ASSERT_LT(pongs.size(), kPings);
    for (size_t i = 0; i < pongs.size(); ++i) EXPECT_EQ(pongs[i], i + 1);
    EXPECT_EQ(proxy.connections(), 1) << "a lossy session does not come back";
    EXPECT_EQ(client_side.resets, 1);
    EXPECT_FALSE(c->IsConnected());
    Destroy(client);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace siphon
