// What a user of a messenger sees of each policy: sessions, mark-downs, resets, features.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/features.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/scenario_message.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;

class FunctionalTest : public testing::Test, protected ScenarioFixture {
 protected:
  // Both sides, under one pair of policies.
  void Open(const Policy& server_policy, const Policy& client_policy) {
    server_side_.replies = true;
    server_ = Server(server_policy, &server_side_);
    client_ = Client(client_policy, &client_side_);
  }
  // A ping and its pong, the `n`-th of the test.
  void RoundTrip(const ConnectionPtr& connection, uint64_t n) {
    Ping(connection, n);
    ASSERT_TRUE(client_side_.WaitForPongs(n));
  }

  SessionDispatcher& server_side_ = NewDispatcher();
  SessionDispatcher& client_side_ = NewDispatcher();
  Messenger* server_ = nullptr;
  Messenger* client_ = nullptr;
};

TEST_F(FunctionalTest, APingComesBackAndBothSessionsCountIt) {
  Open(Policy::StatelessServer(0), Policy::LossyClient(0));
  const ConnectionPtr c = Dial(client_, server_);
  RoundTrip(c, 1);
  EXPECT_TRUE(c->IsConnected());
  EXPECT_EQ(c->peer_type(), kEntityOsd);
  EXPECT_EQ(SessionDispatcher::CountOf(c), 1);
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.accepts, 1));
  const ConnectionPtr accepted = server_side_.Accepted(0);
  EXPECT_EQ(SessionDispatcher::CountOf(accepted), 1);
  EXPECT_EQ(accepted->peer_name(), (EntityName{kEntityClient, 12}));
  EXPECT_EQ(Dial(client_, server_), c) << "the connection that exists is used";
}

TEST_F(FunctionalTest, AfterARebindTheNewAddressWorksAndTheOldConnectionIsReset) {
  Open(Policy::StatelessServer(0), Policy::LossyClient(0));
  const ConnectionPtr before = Dial(client_, server_);
  RoundTrip(before, 1);
  const int old_port = server_->addrs().legacy().port();
  ASSERT_TRUE(server_->Rebind({old_port + 1, old_port + 2}).ok());
  const int port = server_->addrs().legacy().port();
  EXPECT_TRUE(port < old_port || port > old_port + 2) << port;
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.resets, 1));
  EXPECT_FALSE(before->IsConnected());
  RoundTrip(Dial(client_, server_), 2);
}

TEST_F(FunctionalTest, AMarkedDownConnectionDropsWhatIsSentAndStaysDown) {
  Open(Policy::StatelessServer(0), Policy::LossyClient(0));
  const ConnectionPtr c = Dial(client_, server_);
  RoundTrip(c, 1);
  c->MarkDown();
  EXPECT_FALSE(c->IsConnected());
  Ping(c, 99);
  const ConnectionPtr again = Dial(client_, server_);
  EXPECT_NE(again, c);
  RoundTrip(again, 2);
  EXPECT_FALSE(c->IsConnected());
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1, 2));
  EXPECT_EQ(client_side_.resets, 0) << "a mark-down is not reported to who did it";
}

TEST_F(FunctionalTest, MarkDownByAddressAndOfAllEndsThoseConnections) {
  Open(Policy::StatelessServer(0), Policy::LossyClient(0));
  SessionDispatcher& other_side = NewDispatcher();
  other_side.replies = true;
  Messenger* other = Peer(1, Policy::StatelessServer(0), &other_side);
  const ConnectionPtr a = Dial(client_, server_);
  const ConnectionPtr b = Dial(client_, other);
  RoundTrip(a, 1);
  RoundTrip(b, 2);
  client_->MarkDown(server_->addrs().legacy());
  EXPECT_FALSE(a->IsConnected());
  EXPECT_TRUE(b->IsConnected());
  client_->MarkDownAll();
  EXPECT_FALSE(b->IsConnected());
  EXPECT_TRUE(client_->ListConnections().empty());
}

TEST_F(FunctionalTest, TheLoopbackConnectionDeliversInOrderAndOutlivesAMarkDown) {
  Open(Policy::StatelessServer(0), Policy::LossyClient(0));
  server_side_.replies = false;
  const ConnectionPtr self = Dial(server_, server_);
  EXPECT_TRUE(self->IsLoopback());
  EXPECT_EQ(self, server_->GetLoopbackConnection());
  for (uint64_t i = 1; i <= 3; ++i) Ping(self, i, 100);
  self->MarkDown();
  Ping(self, 4);
  ASSERT_TRUE(server_side_.WaitForPings(4));
  EXPECT_THAT(server_side_.Pings(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(SessionDispatcher::CountOf(self), 4);
  EXPECT_TRUE(self->IsConnected());
}

TEST_F(FunctionalTest, AServerThatRequiresAFeatureTurnsAwayWhoLacksIt) {
  Policy demanding = Policy::StatelessServer(uint64_t{1} << 62);
  demanding.features_supported |= uint64_t{1} << 62;
  server_side_.replies = true;
  server_ = Server(demanding, &server_side_);
  Messenger* plain = Client(Policy::LosslessClient(0), &client_side_);
  const ConnectionPtr c = Dial(plain, server_);
  Ping(c, 1);
  ASSERT_TRUE(client_side_.WaitFor([&] { return plain->Info().faults_total >= 3; }));
  EXPECT_EQ(client_side_.connects, 0);
  EXPECT_TRUE(server_side_.Pings().empty());
  EXPECT_TRUE(absl::StrContains(plain->Info().recent_faults.back().reason, "requires features"));

  SessionDispatcher& able_side = NewDispatcher();
  Policy able = Policy::LossyClient(0);
  able.features_supported = demanding.features_supported;
  Messenger* able_client = Make({kEntityClient, 13}, able);
  able_client->AddDispatcherHead(&able_side);
  Ping(Dial(able_client, server_), 2);
  ASSERT_TRUE(able_side.WaitForPongs(1));
}

// The session lives on in the server when the client goes; the client's next connection is a new
// session, and the server is told.
TEST_F(FunctionalTest, AStatefulServerIsToldThatTheClientBeganAnew) {
  Open(Policy::StatefulServer(0), Policy::LosslessClient(0));
  const ConnectionPtr c = Dial(client_, server_);
  RoundTrip(c, 1);
  RoundTrip(c, 2);
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.accepts, 1));
  const ConnectionPtr accepted = server_side_.Accepted(0);
  c->MarkDown();
  ASSERT_TRUE(server_side_.WaitFor([&] { return StateOf(server_) == "STANDBY"; }));
  EXPECT_EQ(SessionDispatcher::CountOf(accepted), 2);

  const ConnectionPtr again = Dial(client_, server_);
  RoundTrip(again, 3);
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.remote_resets, 1));
  EXPECT_EQ(SessionDispatcher::CountOf(again), 1);
  EXPECT_EQ(server_side_.resets, 0);
  EXPECT_EQ(server_->ListConnections().size(), 1u) << "the same session, on a new connection";
}

TEST_F(FunctionalTest, ALosslessClientReconnectsToAServerThatForgotItAndStartsOver) {
  Open(Policy::StatefulServer(0), Policy::LosslessClient(0));
  const ConnectionPtr c = Dial(client_, server_);
  RoundTrip(c, 1);
  RoundTrip(c, 2);
  server_->MarkDownAll();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.remote_resets, 1));
  RoundTrip(c, 3);
  EXPECT_EQ(SessionDispatcher::CountOf(c), 1) << "counted since the reset";
  EXPECT_TRUE(c->IsConnected());
  EXPECT_EQ(client_side_.resets, 0);
}

TEST_F(FunctionalTest, AStatelessServerKnowsNothingOfAClientThatCameBefore) {
  Open(Policy::StatelessServer(0), Policy::LossyClient(0));
  const ConnectionPtr c = Dial(client_, server_);
  RoundTrip(c, 1);
  c->MarkDown();
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.resets, 1));
  const ConnectionPtr again = Dial(client_, server_);
  RoundTrip(again, 2);
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.accepts, 2));
  EXPECT_EQ(SessionDispatcher::CountOf(server_side_.Accepted(1)), 1);
  EXPECT_EQ(SessionDispatcher::CountOf(again), 1);

  server_->MarkDownAll();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.resets, 1));
  EXPECT_FALSE(again->IsConnected()) << "a lossy connection does not come back";
  RoundTrip(Dial(client_, server_), 3);
  EXPECT_EQ(server_side_.remote_resets + client_side_.remote_resets, 0);
}

TEST_F(FunctionalTest, AnonymousConnectionsToOneServerAreDistinctOnBothEnds) {
  Open(Policy::StatelessServer(0), Policy::LossyClient(0));
  auto first = client_->ConnectTo(kEntityOsd, server_->addrs(), /*anonymous=*/true);
  auto second = client_->ConnectTo(kEntityOsd, server_->addrs(), /*anonymous=*/true);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_NE(*first, *second);
  RoundTrip(*first, 1);
  RoundTrip(*second, 2);
  ASSERT_TRUE(server_side_.WaitForCount(server_side_.accepts, 2));
  EXPECT_NE(server_side_.Accepted(0), server_side_.Accepted(1));
  EXPECT_EQ(client_->ListConnections().size(), 2u);
  EXPECT_EQ(server_->ListConnections().size(), 2u);

  (*first)->MarkDown();
  RoundTrip(*second, 3);
  EXPECT_EQ(SessionDispatcher::CountOf(*second), 2);
  EXPECT_TRUE((*second)->IsConnected());
  ASSERT_TRUE(server_side_.WaitFor([&] { return server_->ListConnections().size() == 1; }));
  const ConnectionPtr shared = Dial(client_, server_);
  EXPECT_NE(shared, *second) << "an anonymous one is not shared";
  RoundTrip(shared, 4);
}

TEST_F(FunctionalTest, AStandbyClientReconnectsOnlyWhenItHasSomethingToSend) {
  Open(Policy::StatefulServer(0), Policy::LosslessPeer(0));
  const ConnectionPtr c = Dial(client_, server_);
  RoundTrip(c, 1);
  // The pong must be acknowledged: what is unacknowledged would have to be sent again.
  ASSERT_TRUE(client_side_.WaitFor([&] {
    const std::vector<ConnectionInfo> infos = client_->ListConnections();
    return infos.size() == 1 && infos[0].unacked_messages == 0;
  }));
  server_->MarkDownAll();
  ASSERT_TRUE(client_side_.WaitFor([&] { return StateOf(client_) == "STANDBY"; }));
  EXPECT_FALSE(c->IsConnected());
  EXPECT_EQ(client_side_.connects, 1);
  EXPECT_EQ(client_side_.remote_resets, 0);

  // The server lost the session: this ping goes with it, the next one is of the new session.
  Ping(c, 2);
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.remote_resets, 1));
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.connects, 2));
  Ping(c, 3);
  ASSERT_TRUE(client_side_.WaitForPongs(2));
  EXPECT_THAT(client_side_.Pongs(), ElementsAre(1, 3));
  EXPECT_EQ(SessionDispatcher::CountOf(c), 1);
  EXPECT_TRUE(c->IsConnected());
}

TEST_F(FunctionalTest, LargeFrontsAndLargeDataInManyPiecesArrive) {
  Open(Policy::StatefulServer(0), Policy::LosslessClient(0));
  std::vector<size_t> sizes;
  std::string contents;
  server_side_.on_message = [&](const Message& m) {
    sizes.push_back(m.data().size());
    if (m.data().size() < 5 << 20) contents = m.data().ToString();
  };
  const ConnectionPtr c = Dial(client_, server_);
  auto pieces = std::make_unique<ScenarioMessage>(1);
  std::string expected;
  for (int i = 0; i < 30720; ++i) {
    const std::string piece(26, static_cast<char>('a' + i % 26));
    pieces->mutable_data().Append(Buffer::FromString(piece));
    expected += piece;
  }
  c->Send(std::move(pieces));
  ASSERT_TRUE(client_side_.WaitForPongs(1));
  Ping(c, 2, 5 << 20);
  ASSERT_TRUE(client_side_.WaitForPongs(2));
  EXPECT_THAT(sizes, ElementsAre(30720u * 26, 5u << 20));
  EXPECT_EQ(contents, expected);
}

TEST_F(FunctionalTest, AHigherPriorityOvertakesWhatWaits) {
  Open(Policy::StatefulServer(0), Policy::LosslessClient(0));
  server_side_.replies = false;
  server_->PauseDispatch();
  const ConnectionPtr c = Dial(client_, server_);
  for (uint64_t i = 1; i <= 3; ++i) Ping(c, i);
  auto urgent = std::make_unique<ScenarioMessage>(100);
  urgent->set_priority(kPriorityHigh);
  c->Send(std::move(urgent));
  ASSERT_TRUE(server_side_.WaitFor([&] { return server_->QueueInfo().messages >= 4; }));
  server_->ResumeDispatch();
  ASSERT_TRUE(server_side_.WaitForPings(4));
  EXPECT_THAT(server_side_.Pings(), ElementsAre(100, 1, 2, 3));
}

TEST_F(FunctionalTest, ADisposableConnectionEndsAtTheNextFault) {
  Open(Policy::StatefulServer(0), Policy::LosslessClient(0));
  const ConnectionPtr c = Dial(client_, server_);
  RoundTrip(c, 1);
  c->MarkDisposable();
  server_->MarkDownAll();
  ASSERT_TRUE(client_side_.WaitForCount(client_side_.resets, 1));
  EXPECT_FALSE(c->IsConnected());
  EXPECT_EQ(client_side_.remote_resets, 0);
}

TEST_F(FunctionalTest, ADifferentProtocolVersionIsRefused) {
  server_ = Server(Policy::LosslessPeer(0), &server_side_);
  Messenger* other = Make({kEntityOsd, 7}, Policy::LosslessPeer(0));
  other->SetClusterProtocol(9);
  other->AddDispatcherHead(&client_side_);
  Ping(Dial(other, server_), 1);
  ASSERT_TRUE(client_side_.WaitFor([&] { return other->Info().faults_total >= 2; }));
  EXPECT_TRUE(absl::StrContains(other->Info().recent_faults.back().reason, "protocol version 10"));
  EXPECT_EQ(client_side_.connects, 0);
}

}  // namespace
}  // namespace siphon
