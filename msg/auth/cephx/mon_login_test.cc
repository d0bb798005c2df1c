#include "msg/auth/cephx/mon_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {
namespace {

using ::testing::HasSubstr;

class MonLoginTest : public ::testing::Test {
 protected:
  // Over v1, as its messages carry it. The answer to the last step.
  MonLogin::Answer LogIn(CephxClient* client, MonLogin* login) {
    ClientLogin from_client(client, ProtocolVersion::kV1);
    const auto greeting = Greeting::DecodeV1(from_client.Begin({kAuthCephx, kAuthNone}));
    EXPECT_EQ(greeting->methods, (std::vector<uint32_t>{kAuthCephx, kAuthNone}));
    const MonLogin::Answer challenge = login->Start(*greeting);
    EXPECT_EQ(challenge.result, 0);
    const MonLogin::Answer answer = login->OnRequest(*from_client.OnChallenge(challenge.payload));
    if (answer.result == 0) {
      const auto secrets = from_client.OnSession(login->global_id(), answer.payload);
      EXPECT_TRUE(secrets.ok()) << secrets.status();
      if (secrets.ok()) EXPECT_EQ(secrets->session_key, login->secrets().session_key);
    }
    return answer;
  }

  CephxCluster cluster_;
  std::unique_ptr<CephxClient> client_ = cluster_.Client(cluster_.kAdmin);
};

TEST_F(MonLoginTest, ALoginOverV1BringsAllTickets) {
  MonLogin login(&cluster_.server, ConMode::kUnknown);
  ASSERT_EQ(LogIn(client_.get(), &login).result, 0);
  EXPECT_TRUE(login.authenticated());
  EXPECT_EQ(login.secrets().connection_secret, "");
  EXPECT_EQ(client_->DueTickets(), 0u);
  EXPECT_FALSE(client_->NeedsLogin());
}

TEST_F(MonLoginTest, TheNumberGivenFirstIsTheNumberKept) {
  MonLogin login(&cluster_.server, ConMode::kUnknown);
  login.Start({cluster_.kAdmin, 0, {}});
  const uint64_t announced = login.global_id();
  EXPECT_EQ(announced, 4097u);
  ClientLogin client(client_.get(), ProtocolVersion::kV1);
  client.Begin({});
  const auto again = login.Start({cluster_.kAdmin, 0, {}});
  ASSERT_EQ(login.OnRequest(*client.OnChallenge(again.payload)).result, 0);
  EXPECT_EQ(login.global_id(), announced);
}

TEST_F(MonLoginTest, WhoComesBackKeepsItsNumberByItsOldTicket) {
  MonLogin first(&cluster_.server, ConMode::kUnknown);
  LogIn(client_.get(), &first);
  MonLogin second(&cluster_.server, ConMode::kUnknown);
  ASSERT_EQ(LogIn(client_.get(), &second).result, 0);
  EXPECT_EQ(second.global_id(), first.global_id());
  // Even when it is over: whose number it is does not change with that.
  cluster_.clock.Advance(absl::Hours(73));
  MonLogin third(&cluster_.server, ConMode::kUnknown);
  ASSERT_EQ(LogIn(client_.get(), &third).result, 0);
  EXPECT_EQ(third.global_id(), first.global_id());
}

TEST_F(MonLoginTest, WhoClaimsSomebodyElsesNumberGetsANewOne) {
  MonLogin first(&cluster_.server, ConMode::kUnknown);
  LogIn(client_.get(), &first);
  const AuthName eve{kEntityClient, "eve"};
  cluster_.Add(eve, {{"mon", "allow r"}});
  // Once with nothing to show for it, once with a ticket of its own.
  const auto thief = cluster_.Client(eve);
  thief->SetSession(first.global_id(), {});
  MonLogin second(&cluster_.server, ConMode::kUnknown);
  ASSERT_EQ(LogIn(thief.get(), &second).result, 0);
  EXPECT_NE(second.global_id(), first.global_id());
  thief->SetSession(first.global_id(), {});
  MonLogin third(&cluster_.server, ConMode::kUnknown);
  ASSERT_EQ(LogIn(thief.get(), &third).result, 0);
  EXPECT_NE(third.global_id(), first.global_id());
}

TEST_F(MonLoginTest, NothingIsToldBeforeTheProof) {
  MonLogin login(&cluster_.server, ConMode::kUnknown);
  EXPECT_EQ(login.OnRequest(client_->RotatingKeysRequest()).result, -EACCES);
  login.Start({cluster_.kOsd, 0, {}});
  EXPECT_EQ(login.OnRequest(client_->RotatingKeysRequest()).result, -EACCES);
  EXPECT_EQ(login.OnRequest("").result, -EINVAL);
  EXPECT_EQ(login.OnRequest(std::string("\x77\x77", 2)).result, -EINVAL);
  EXPECT_EQ(login.identity(), nullptr);
}

TEST_F(MonLoginTest, AChallengeIsGoodForOneTry) {
  const auto wrong =
      cluster_.Client(cluster_.kAdmin, CryptoKey::Generate(cluster_.clock.Now(), cluster_.random));
  MonLogin login(&cluster_.server, ConMode::kUnknown);
  const auto challenge = login.Start({cluster_.kAdmin, 0, {}});
  ClientLogin guess(wrong.get(), ProtocolVersion::kV1);
  EXPECT_EQ(login.OnRequest(*guess.OnChallenge(challenge.payload)).result, -EACCES);
  ClientLogin right(client_.get(), ProtocolVersion::kV1);
  EXPECT_THAT(login.OnRequest(*right.OnChallenge(challenge.payload)).reason,
              HasSubstr("challenge that was not made"));
  EXPECT_FALSE(login.authenticated());
}

TEST_F(MonLoginTest, WithoutANumberToGiveNobodyComesIn) {
  KeyServer server({.source = &cluster_,
                    .clock = &cluster_.clock,
                    .random = &cluster_.random,
                    .new_global_id = [] { return uint64_t{0}; }});
  server.Rotate();
  MonLogin login(&server, ConMode::kUnknown);
  EXPECT_EQ(LogIn(client_.get(), &login).result, -EAGAIN);
  EXPECT_FALSE(login.authenticated());
}

TEST_F(MonLoginTest, AnOsdFetchesTheRotatingKeysAfterItsLogin) {
  const auto osd = cluster_.Client(cluster_.kOsd);
  MonLogin login(&cluster_.server, ConMode::kUnknown);
  ASSERT_EQ(LogIn(osd.get(), &login).result, 0);
  EXPECT_TRUE(cluster_.fetched_keys.NeedFetch(cluster_.clock.Now()));
  const MonLogin::Answer answer = login.OnRequest(osd->RotatingKeysRequest());
  ASSERT_EQ(answer.result, 0) << answer.reason;
  ASSERT_TRUE(osd->OnReply(answer.payload).ok());
  EXPECT_FALSE(cluster_.fetched_keys.NeedFetch(cluster_.clock.Now()));
  const uint64_t current = cluster_.server.SecretsOf(kEntityOsd)->Current()->first;
  EXPECT_EQ(*cluster_.fetched_keys.FindServiceKey(kEntityOsd, current),
            *cluster_.server.FindServiceKey(kEntityOsd, current));
}

}  // namespace
}  // namespace siphon::cephx
