// Who may not come in, on real sockets: an OSD that asks for cephx, strangers of several kinds, and
// somebody who listens on the wire. Each attack ends with its connection closed and the reason on
// record, and an honest client beside it gets its answers as before.
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_type.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "testing/fakes/fake_clock.h"
#include "testing/scenarios/cephx_scenario.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;

// Shows the tickets of managers, whomever it talks to.
class WrongTickets final : public AuthClient {
 public:
  explicit WrongTickets(AuthClient* client) : client_(client) {}
  std::unique_ptr<AuthClientExchange> NewExchange(EntityType, ProtocolVersion version) override {
    return client_->NewExchange(kEntityMgr, version);
  }

 private:
  AuthClient* const client_;
};

class AttacksTest : public testing::TestWithParam<std::string>, protected CephxScenario {
 protected:
  AttacksTest() : CephxScenario(GetParam()) {}

  // One who shows `auth` gets nothing, and `reason` is on record.
  void ExpectRefused(AuthClient* auth, const std::string& reason) {
    SessionDispatcher& side = NewDispatcher();
    Messenger* client = NewClient(Policy::LossyClient(0), auth, &side);
    Ping(Dial(client, server_), kEvil);
    EXPECT_TRUE(side.WaitForCount(side.resets, 1));
    EXPECT_TRUE(server_side_.WaitFor([&] { return IsOnRecord(reason); })) << Record();
    Destroy(client);
    EXPECT_THAT(server_side_.Pings(), testing::Not(testing::Contains(kEvil)));
  }

  // Says `bytes` to the server and reads until it hangs up.
  void Replay(const std::string& bytes) {
    const EntityAddr to = listening_;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(connect(fd, to.sockaddr_ptr(), to.sockaddr_len()), 0);
    ASSERT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    char answer[4096];
    while (recv(fd, answer, sizeof(answer), 0) > 0) {
    }
    close(fd);
  }

  static constexpr uint64_t kEvil = 666;
};

TEST_P(AttacksTest, AnExpiredTicketIsRefused) {
  // Its clock stands still, so that it takes its ticket for a good one.
  FakeClock stopped;
  CephxLogin late(&cluster_, &config(), &stopped);
  ASSERT_TRUE(late.logged_in);
  ExpectService();
  cluster_.clock.Advance(absl::Hours(1));
  ExpectRefused(&late.negotiating, "the ticket of client.admin expired");
}

TEST_P(AttacksTest, ATicketOfAnotherServiceIsRefused) {
  ExpectService();
  WrongTickets wrong(&honest_.negotiating);
  ExpectRefused(&wrong, "for services of type mgr, and this is osd");
  ExpectService();
}

TEST_P(AttacksTest, NoTicketIsRefused) {
  ExpectRefused(nullptr, "none");
  ExpectService();
}

TEST_P(AttacksTest, WhatAClientSaidIsOfNoUseASecondTime) {
  StreamRecorder recorder;
  proxy_.set_planner([&](int) {
    TcpProxy::Plan plan;
    plan.edit_to_server = recorder.Editor();
    return plan;
  });
  SessionDispatcher& side = NewDispatcher();
  Messenger* client = NewClient(Policy::LossyClient(0), &honest_.negotiating, &side);
  Ping(Dial(client, server_->addrs()), 1);
  ASSERT_TRUE(side.WaitForPongs(1));
  proxy_.set_planner(nullptr);
  const std::string said = recorder.Said();
  for (int i = 0; i < 3; ++i) ASSERT_NO_FATAL_FAILURE(Replay(said));
  EXPECT_TRUE(server_side_.WaitFor([&] { return IsOnRecord("a replay"); })) << Record();
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1)) << "a message was taken twice";
  // Whose words they were is served on.
  Ping(Dial(client, server_->addrs()), 2);
  EXPECT_TRUE(side.WaitForPongs(2));
  ExpectService();
}

INSTANTIATE_TEST_SUITE_P(Protocols, AttacksTest,
                         testing::Values("v1", "v2_crc", "v2_secure", "v2_revision0_secure"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace siphon
