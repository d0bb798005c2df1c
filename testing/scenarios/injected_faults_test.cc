// Faults that a messenger is told to make: partitions, pauses of reading, holds, and what becomes
// of an out queue that grows beyond its limit.
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/connection_info.h"
#include "msg/fault_injection.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = FaultInjection::Kind;

class InjectedFaultsScenario : public testing::Test, protected ScenarioFixture {
 protected:
  InjectedFaultsScenario() {
    server_side_.replies = true;
    server_ = Server(Policy::StatefulServer(0), &server_side_);
    client_ = Client(Policy::LosslessClient(0), &client_side_);
    connection_ = Dial(client_, server_);
    Ping(connection_, 1);
    EXPECT_TRUE(client_side_.WaitForPongs(1));
  }
  static ConnectionInfo Only(Messenger* messenger) {
    const std::vector<ConnectionInfo> infos = messenger->ListConnections();
    EXPECT_EQ(infos.size(), 1u);
    return infos.empty() ? ConnectionInfo() : infos[0];
  }

  SessionDispatcher& server_side_ = NewDispatcher();
  SessionDispatcher& client_side_ = NewDispatcher();
  Messenger* server_ = nullptr;
  Messenger* client_ = nullptr;
  ConnectionPtr connection_;
};

TEST_F(InjectedFaultsScenario, APartitionByTheDiallerHoldsMessagesUntilItHeals) {
  const std::string peer = server_->addrs().legacy().ToString();
  ASSERT_TRUE(client_->InjectFault({Kind::kPartition, peer}).ok());
  EXPECT_THAT(client_->Info().injected_faults, ElementsAre("partition " + peer));
  for (uint64_t i = 2; i <= 4; ++i) Ping(connection_, i);
  ASSERT_TRUE(client_side_.WaitFor([&] { return client_->Info().faults_total >= 4; }));
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1));
  EXPECT_TRUE(absl::StrContains(Only(client_).last_fault, "partitioned"));
  ASSERT_TRUE(client_->InjectFault({Kind::kHeal, peer}).ok());
  ASSERT_TRUE(client_side_.WaitForPongs(4));
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(client_side_.resets + client_side_.remote_resets, 0);
  EXPECT_THAT(client_->Info().injected_faults, IsEmpty());
}

TEST_F(InjectedFaultsScenario, MessagesOfABlackholedTypeVanish) {
  Set("ms_blackhole_client", "true");
  Ping(connection_, 2);
  ASSERT_TRUE(client_side_.WaitFor([&] { return server_->Info().messages_in >= 2; }));
  Set("ms_blackhole_client", "false");
  Set("ms_blackhole_osd", "true");
  Ping(connection_, 3);
  ASSERT_TRUE(server_side_.WaitForPings(2));
  ASSERT_TRUE(client_side_.WaitFor([&] { return client_->Info().messages_in >= 2; }));
  Set("ms_blackhole_osd", "false");
  Ping(connection_, 4);
  ASSERT_TRUE(client_side_.WaitForPongs(2));
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1, 3, 4)) << "2 vanished, and is acknowledged";
  EXPECT_THAT(client_side_.Pongs(), ElementsAre(1, 4)) << "so did the pong to 3";
  EXPECT_EQ(client_side_.resets + client_side_.remote_resets, 0);
}

TEST_F(InjectedFaultsScenario, OutgoingSocketsAreBoundToTheOwnAddressWhenAnOptionSaysSo) {
  SessionDispatcher& side = NewDispatcher();
  Messenger* other = Make({kEntityOsd, 5}, Policy::LosslessPeer(0));
  ASSERT_TRUE(other->Bind(EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.3:0/0"))).ok());
  other->AddDispatcherHead(&side);
  for (const char* bound : {"false", "true"}) {
    Set("ms_bind_before_connect", bound);
    SessionDispatcher& seen_by = NewDispatcher();
    Messenger* seer = Peer(6, Policy::LosslessPeer(0), &seen_by);
    Dial(other, seer);
    ASSERT_TRUE(seen_by.WaitFor([&] { return StateOf(seer) == "OPEN"; }));
    EXPECT_EQ(absl::StrContains(Only(seer).socket_addr, "127.0.0.3:"),
              std::string_view(bound) == "true")
        << Only(seer).socket_addr;
  }
}

TEST_F(InjectedFaultsScenario, APartitionByTheAcceptorIsOfThePeerThatIsNamed) {
  ASSERT_TRUE(server_->InjectFault({Kind::kPartition, "client.12"}).ok());
  Ping(connection_, 2);
  ASSERT_TRUE(client_side_.WaitFor([&] { return client_->Info().faults_total >= 4; }));
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1));
  // Others come and go.
  SessionDispatcher& other_side = NewDispatcher();
  Messenger* other = Make({kEntityClient, 77}, Policy::LosslessClient(0));
  other->AddDispatcherHead(&other_side);
  Ping(Dial(other, server_), 70);
  ASSERT_TRUE(other_side.WaitForPongs(1));
  ASSERT_TRUE(server_->InjectFault({Kind::kHeal, ""}).ok());
  ASSERT_TRUE(client_side_.WaitForPongs(2));
}

TEST_F(InjectedFaultsScenario, NothingIsReadFromAPeerUntilReadingIsResumed) {
  ASSERT_TRUE(server_->InjectFault({Kind::kPauseReading, "client.12"}).ok());
  ASSERT_TRUE(server_side_.WaitFor([&] { return Only(server_).reading_paused; }));
  constexpr uint64_t kLast = 40;
  for (uint64_t i = 2; i <= kLast; ++i) Ping(connection_, i, 1 << 20);
  ASSERT_TRUE(client_side_.WaitFor([&] { return Only(client_).messages_out > 1; }));
  stack().Drain();
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1));
  // The pause is of the peer, not of one connection.
  server_->MarkDownAll();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.connects, 2));
  // What comes in one piece with the end of a handshake has been read.
  ASSERT_TRUE(server_side_.WaitFor([&] { return Only(server_).reading_paused; }));
  const uint64_t sent = Only(client_).messages_out;
  Ping(connection_, kLast + 1);
  ASSERT_TRUE(client_side_.WaitFor([&] { return Only(client_).messages_out > sent; }));
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1));
  ASSERT_TRUE(server_->InjectFault({Kind::kResumeReading, ""}).ok());
  ASSERT_TRUE(server_side_.WaitFor([&] { return server_side_.Pings().back() == kLast + 1; }));
  EXPECT_FALSE(Only(server_).reading_paused);
}

TEST_F(InjectedFaultsScenario, AnOrderThatMeansNobodyIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(client_->InjectFault({Kind::kPartition, ""})));
  EXPECT_TRUE(absl::IsInvalidArgument(client_->InjectFault({Kind::kPauseReading, "osd"})));
  EXPECT_TRUE(absl::IsNotFound(client_->InjectFault({Kind::kPartition, "osd.7"})));
  EXPECT_THAT(client_->Info().injected_faults, IsEmpty());
}

TEST_F(InjectedFaultsScenario, ALongOutQueueIsReportedAndGoesOn) {
  Set("ms_out_queue_max_bytes", "3M");
  ASSERT_TRUE(server_->InjectFault({Kind::kPauseReading, "client.12"}).ok());
  constexpr uint64_t kLast = 40;
  for (uint64_t i = 2; i <= kLast; ++i) Ping(connection_, i, 1 << 20);
  ASSERT_TRUE(client_side_.WaitFor([&] { return Only(client_).out_queue_over_limit; }));
  const ConnectionInfo info = Only(client_);
  EXPECT_GT(info.out_queue_bytes + info.unacked_bytes, 3u << 20);
  int reports = 0;
  for (const FaultRecord& fault : client_->Info().recent_faults) {
    reports += absl::StrContains(fault.reason, "ms_out_queue_max_bytes") ? 1 : 0;
  }
  EXPECT_EQ(reports, 1) << "said once";
  EXPECT_EQ(client_->Info().faults_total, 0u) << "nothing broke";
  ASSERT_TRUE(server_->InjectFault({Kind::kResumeReading, "client.12"}).ok());
  ASSERT_TRUE(client_side_.WaitForPongs(kLast));
  ASSERT_TRUE(client_side_.WaitFor([&] { return Only(client_).unacked_bytes == 0; }));
  EXPECT_FALSE(Only(client_).out_queue_over_limit);
}

TEST_F(InjectedFaultsScenario, ALongOutQueueClosesTheConnectionWhereThatIsAskedFor) {
  Set("ms_out_queue_max_bytes", "3M");
  Set("ms_out_queue_overflow_closes", "true");
  ASSERT_TRUE(server_->InjectFault({Kind::kPauseReading, "client.12"}).ok());
  for (uint64_t i = 2; i <= 40; ++i) Ping(connection_, i, 1 << 20);
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.resets, 1));
  EXPECT_FALSE(connection_->IsConnected());
  EXPECT_THAT(client_->ListConnections(), IsEmpty());
  ASSERT_TRUE(server_->InjectFault({Kind::kResumeReading, ""}).ok());
  Ping(Dial(client_, server_), 50);
  ASSERT_TRUE(client_side_.WaitForPongs(2));
}

TEST_F(InjectedFaultsScenario, HoldsDelayHandshakesAndShutdownDoesNotWaitForThem) {
  Set("ms_inject_internal_delays", "0.02");
  for (uint64_t i = 2; i <= 20; ++i) {
    Ping(connection_, i);
    if (i % 3 == 0) server_->MarkDownAll();
    if (i % 3 == 1) client_side_.WaitFor([&] { return connection_->IsConnected(); });
  }
  Ping(connection_, 21);
  ASSERT_TRUE(client_side_.WaitFor([&] {
    const std::vector<uint64_t> pongs = client_side_.Pongs();
    if (pongs.back() == 21) return true;
    Ping(connection_, 21);  // the last may have gone with a session
    return false;
  }));
  Set("ms_inject_internal_delays", "3600");
  server_->MarkDownAll();  // the client's next attempt is held for long
  SessionDispatcher& late_side = NewDispatcher();
  Messenger* late = Make({kEntityClient, 9}, Policy::LosslessClient(0));
  late->AddDispatcherHead(&late_side);
  Dial(late, server_);
  ASSERT_TRUE(server_side_.WaitFor([&] { return server_->Info().accepting >= 1; }));
  Stop(client_);
  Stop(server_);
}

}  // namespace
}  // namespace siphon
