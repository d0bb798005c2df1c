#include "msg/auth/cephx/key_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/client_exchanges.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/requests.h"
#include "msg/auth/cephx/server_exchanges.h"

namespace siphon::cephx {
namespace {

using ::testing::HasSubstr;

class KeyServerTest : public ::testing::Test {
 protected:
  std::unique_ptr<CephxClient> LoggedIn(const AuthName& name) {
    auto client = cluster_.Client(name);
    const auto exchange = NewMonClientExchange(client.get(), {1});
    EXPECT_TRUE(
        Converse(*exchange, *NewMonServerExchange(&cluster_.server, ConMode::kCrc)).client.ok());
    return client;
  }
  KeyServer::Answer Ask(const AuthName& name, const std::string& request) {
    return cluster_.server.HandleRequest(name, request);
  }

  CephxCluster cluster_;
};

TEST_F(KeyServerTest, RenewsTicketsInAnOpenSession) {
  const auto client = LoggedIn(cluster_.kAdmin);
  const std::string before = client->TicketFor(kEntityOsd)->blob.sealed;
  cluster_.clock.Advance(absl::Minutes(30));
  EXPECT_EQ(client->DueTickets(), uint32_t{kEntityMon | kEntityOsd | kEntityMgr});
  EXPECT_FALSE(client->NeedsLogin());
  const auto answer = Ask(cluster_.kAdmin, *client->TicketsRequest());
  ASSERT_EQ(answer.result, 0) << answer.reason;
  ASSERT_TRUE(client->OnReply(answer.payload).ok());
  EXPECT_EQ(client->DueTickets(), 0u);
  EXPECT_NE(client->TicketFor(kEntityOsd)->blob.sealed, before);
}

TEST_F(KeyServerTest, RenewsTheLoginItselfInAnOpenSession) {
  const auto client = LoggedIn(cluster_.kAdmin);
  const uint64_t global_id = client->global_id();
  cluster_.clock.Advance(absl::Hours(40));
  cluster_.server.Rotate();
  ASSERT_TRUE(client->NeedsLogin());
  // As Ceph's client does it: with the challenge that it was given in the beginning.
  ClientLogin login(client.get(), ProtocolVersion::kV1);
  login.Begin({2});
  const auto request = login.OnChallenge(EncodeServerChallenge(1));
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(Ask(cluster_.kOsd, *request).result, -EACCES);
  const auto answer = Ask(cluster_.kAdmin, *request);
  ASSERT_EQ(answer.result, 0) << answer.reason;
  ASSERT_TRUE(login.OnSession(global_id, answer.payload).ok());
  EXPECT_FALSE(client->NeedsLogin());
  EXPECT_EQ(client->DueTickets(), 0u);
}

TEST_F(KeyServerTest, ALoginInAnOpenSessionTakesTheTicketOfBefore) {
  const auto stranger = cluster_.Client(cluster_.kAdmin);
  ClientLogin login(stranger.get(), ProtocolVersion::kV1);
  login.Begin({2});
  EXPECT_EQ(Ask(cluster_.kAdmin, *login.OnChallenge(EncodeServerChallenge(1))).result, -EACCES);
}

TEST_F(KeyServerTest, RefusesTicketsToAnExpiredAForeignAndADeletedName) {
  const auto client = LoggedIn(cluster_.kAdmin);
  const std::string request = *client->TicketsRequest();
  EXPECT_THAT(Ask(cluster_.kOsd, request).reason, HasSubstr("somebody else's ticket"));
  EXPECT_EQ(Ask(cluster_.kOsd, request).result, -EACCES);
  EXPECT_EQ(Ask(cluster_.kOsd, request).payload, "");
  const auto saved = cluster_.entities;
  cluster_.entities.erase(cluster_.kAdmin);
  EXPECT_EQ(Ask(cluster_.kAdmin, request).result, -EACCES);
  cluster_.entities = saved;
  cluster_.clock.Advance(absl::Hours(72));
  EXPECT_THAT(Ask(cluster_.kAdmin, request).reason, HasSubstr("expired"));
}

TEST_F(KeyServerTest, AnswersEveryCutRequestWithARefusal) {
  const std::string whole = *LoggedIn(cluster_.kAdmin)->TicketsRequest();
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_LT(Ask(cluster_.kAdmin, whole.substr(0, n)).result, 0) << n;
  }
}

TEST_F(KeyServerTest, TicketsOutliveARotationAndARestart) {
  const auto client = LoggedIn(cluster_.kAdmin);
  const auto ticket = client->TicketFor(kEntityOsd);
  cluster_.clock.Advance(absl::Hours(2));
  EXPECT_TRUE(cluster_.server.Rotate());
  EXPECT_FALSE(cluster_.server.Rotate());
  KeyServer restarted({.source = &cluster_, .clock = &cluster_.clock});
  ASSERT_TRUE(restarted.DecodeSecrets(cluster_.server.EncodeSecrets()).ok());
  EXPECT_FALSE(restarted.Rotate()) << "nothing is due";
  const auto secret = restarted.FindServiceKey(kEntityOsd, ticket->blob.secret_id);
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_TRUE(ServiceTicketInfo::Open(ticket->blob, *secret).ok());
}

TEST_F(KeyServerTest, RefusesStoredSecretsThatAreCut) {
  const std::string whole = cluster_.server.EncodeSecrets();
  KeyServer other({.source = &cluster_});
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_FALSE(other.DecodeSecrets(whole.substr(0, n)).ok()) << n;
  }
}

TEST_F(KeyServerTest, ATicketIsNeverValidForLongerThanTheNewestSecret) {
  absl::Duration ttl = absl::Hours(1);
  KeyServer server({.source = &cluster_,
                    .clock = &cluster_.clock,
                    .random = &cluster_.random,
                    .service_ttl = [&ttl] { return ttl; }});
  const EntityAuth auth = cluster_.entities[cluster_.kAdmin];
  EXPECT_TRUE(absl::IsNotFound(server.Issue(kEntityOsd, cluster_.kAdmin, auth, 1).status()));
  server.Rotate();
  ttl = absl::Hours(1000);
  EXPECT_EQ(server.Issue(kEntityOsd, cluster_.kAdmin, auth, 1)->validity, absl::Hours(3));
  cluster_.clock.Advance(absl::Hours(3));
  EXPECT_TRUE(absl::IsUnavailable(server.Issue(kEntityOsd, cluster_.kAdmin, auth, 1).status()));
}

TEST_F(KeyServerTest, GivesRotatingKeysToServicesOnlyAndTheirOwnOnly) {
  const auto osd = LoggedIn(cluster_.kOsd);
  EXPECT_EQ(Ask(cluster_.kOsd, osd->RotatingKeysRequest()).result, 0);
  EXPECT_EQ(Ask(cluster_.kAdmin, osd->RotatingKeysRequest()).result, -EACCES);
  EXPECT_EQ(Ask(AuthName{kEntityOsd, "1"}, osd->RotatingKeysRequest()).result, -EACCES);
  EXPECT_FALSE(cluster_.server.SecretsOf(kEntityAuth).ok());
}

TEST_F(KeyServerTest, MonitorsTicketsForThemselvesAreSealedWithTheirOwnKey) {
  EXPECT_FALSE(cluster_.server.FindServiceKey(kEntityMon, kOwnSecretId).ok());
  cluster_.Add(AuthName{kEntityMon, ""}, {});
  EXPECT_EQ(*cluster_.server.FindServiceKey(kEntityMon, kOwnSecretId),
            (cluster_.entities.at(AuthName{kEntityMon, ""}).key));
  EXPECT_FALSE(cluster_.server.FindServiceKey(kEntityAuth, kOwnSecretId).ok());
}

}  // namespace
}  // namespace siphon::cephx
