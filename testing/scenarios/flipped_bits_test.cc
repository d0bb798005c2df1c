// A bit is flipped at each byte of an encrypted connection, on real sockets: from the banner to the
// answer of a message, one byte at a time, either way. Whoever reads it notices.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/connection_info.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "testing/scenarios/cephx_scenario.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;

class FlippedBitsTest : public testing::TestWithParam<std::string>, protected CephxScenario {
 protected:
  FlippedBitsTest() : CephxScenario(GetParam()) {}

  struct Lengths {
    size_t to_server = 0, to_client = 0;
  };
  // How much goes each way until a ping is answered.
  Lengths Measure() {
    StreamRecorder there, back;
    proxy_.set_planner([&](int) {
      TcpProxy::Plan plan;
      plan.edit_to_server = there.Editor();
      plan.edit_to_client = back.Editor();
      return plan;
    });
    SessionDispatcher& side = NewDispatcher();
    Messenger* client = NewClient(Policy::LosslessClient(0), &honest_.negotiating, &side);
    Ping(Dial(client, server_->addrs()), ++pings_);
    EXPECT_TRUE(side.WaitForPongs(1));
    Destroy(client);
    proxy_.set_planner(nullptr);
    return {there.Said().size(), back.Said().size()};
  }
  // The first connection suffers at byte `at`; whoever notices says so, and the session comes back,
  // or tells the client that it is over.
  void Flip(bool to_server, size_t at) {
    const int first = proxy_.connections();
    proxy_.set_planner([=](int n) {
      TcpProxy::Plan plan;
      if (n != first) return plan;
      (to_server ? plan.edit_to_server : plan.edit_to_client) = [at](size_t offset,
                                                                     std::vector<char>* bytes) {
        if (at >= offset && at - offset < bytes->size())
          (*bytes)[at - offset] ^= static_cast<char>(1 << (at % 8));
      };
      return plan;
    });
    SessionDispatcher& side = NewDispatcher();
    Messenger* client = NewClient(Policy::LosslessClient(0), &honest_.negotiating, &side);
    const uint64_t faults_before = server_->Info().faults_total;
    const uint64_t ping = ++pings_;
    Ping(Dial(client, server_->addrs()), ping, 40);
    ASSERT_TRUE(side.WaitFor([&] { return side.PongCount() > 0 || side.resets > 0; }));
    EXPECT_TRUE(side.WaitFor([&] {
      return server_->Info().faults_total > faults_before || client->Info().faults_total > 0;
    })) << "nobody noticed";
    if (side.resets == 0) EXPECT_THAT(side.Pongs(), ElementsAre(ping));
    const std::vector<uint64_t> pings = server_side_.Pings();
    EXPECT_LE(std::count(pings.begin(), pings.end(), ping), 1) << "delivered twice";
    for (const uint64_t got : pings) ASSERT_LE(got, ping) << "a message that nobody sent";
    Destroy(client);
  }
};

TEST_P(FlippedBitsTest, AreNoticedWhereverTheyAre) {
  const Lengths lengths = Measure();
  for (const bool to_server : {true, false}) {
    const size_t end = to_server ? lengths.to_server : lengths.to_client;
    for (size_t at = 0; at < end; ++at) {
      SCOPED_TRACE(
          absl::StrCat("byte ", at, " of ", end, to_server ? " to" : " from", " the server"));
      Flip(to_server, at);
      if (HasFailure()) return;
    }
  }
  ExpectService();
}

INSTANTIATE_TEST_SUITE_P(Revisions, FlippedBitsTest,
                         testing::Values("v2_secure", "v2_revision0_secure"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace siphon
