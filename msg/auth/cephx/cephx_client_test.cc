#include "msg/auth/cephx/cephx_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {
namespace {

class CephxClientTest : public ::testing::Test {
 protected:
  TicketGrant Grant(EntityType service) {
    return *cluster_.server.Issue(service, cluster_.kAdmin, cluster_.entities[cluster_.kAdmin], 7);
  }

  CephxCluster cluster_;
  std::unique_ptr<CephxClient> client_ = cluster_.Client(cluster_.kAdmin);
};

TEST_F(CephxClientTest, TicketsAreDueAtHalfOfTheirLives) {
  EXPECT_TRUE(client_->NeedsLogin());
  client_->SetSession(7, {Grant(kEntityAuth), Grant(kEntityMon), Grant(kEntityOsd)});
  EXPECT_EQ(client_->global_id(), 7u);
  EXPECT_FALSE(client_->NeedsLogin());
  EXPECT_EQ(client_->DueTickets(), uint32_t{kEntityMgr});
  cluster_.clock.Advance(absl::Minutes(30));
  EXPECT_EQ(client_->DueTickets(), uint32_t{kEntityMgr | kEntityMon | kEntityOsd});
  EXPECT_TRUE(client_->TicketFor(kEntityOsd).ok()) << "due, but valid";
  cluster_.clock.Advance(absl::Minutes(30));
  EXPECT_TRUE(absl::IsUnavailable(client_->TicketFor(kEntityOsd).status()));
  cluster_.clock.Advance(absl::Hours(35));
  EXPECT_TRUE(client_->NeedsLogin());
}

TEST_F(CephxClientTest, AsksForNothingBeforeItsLogin) {
  EXPECT_TRUE(absl::IsFailedPrecondition(client_->TicketsRequest().status()));
  EXPECT_FALSE(client_->OldAuthTicket().has_value());
}

TEST_F(CephxClientTest, AReplyThatIsCutOrSealedWithAnotherKeyChangesNothing) {
  client_->SetSession(7, {Grant(kEntityAuth)});
  const auto reply = [&](const CryptoKey& key) {
    return Encoded([&](Encoder& e) {
      EncodeAnswerHeader(e, RequestKind::kTickets, 0);
      EncodeGrants(e, {Grant(kEntityOsd)}, key, CryptoKey());
    });
  };
  const std::string good = reply(client_->OldAuthTicket()->session_key);
  for (size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(client_->OnReply(good.substr(0, n)).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(client_->OnReply(reply(client_->secret()))));
  EXPECT_FALSE(client_->TicketFor(kEntityOsd).ok());
  EXPECT_TRUE(client_->OnReply(good).ok());
  EXPECT_TRUE(client_->TicketFor(kEntityOsd).ok());
}

TEST_F(CephxClientTest, ARefusalIsAnError) {
  const std::string refusal =
      Encoded([](Encoder& e) { EncodeAnswerHeader(e, RequestKind::kTickets, -13); });
  EXPECT_TRUE(absl::IsPermissionDenied(client_->OnReply(refusal)));
  EXPECT_FALSE(client_->OnReply("").ok());
}

}  // namespace
}  // namespace siphon::cephx
