#include "services/mon/auth_service.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "base/encoder.h"
#include "base/random_source.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/rotating_keys.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

using cephx::CephxClient;
using cephx::ClientLogin;
using Conversation = AuthService::Conversation;

class AuthServiceTest : public MonFixture {
 protected:
  void Start(const std::string& methods) {
    ASSERT_TRUE(config_.Set("auth_service_required", methods, Config::Source::kFile).ok());
    ASSERT_TRUE(config_.Set("auth_cluster_required", methods, Config::Source::kFile).ok());
    auth_ = std::make_unique<AuthService>(AuthService::Options{
        .store = store_.get(),
        .config = &config_,
        .clock = &clock_,
        .random = &RandomSource::Real(),
    });
    const absl::Status status = auth_->Load();
    ASSERT_TRUE(status.ok()) << status;
  }
  std::unique_ptr<rados::MAuthReply> Say(Conversation* conversation, uint32_t protocol,
                                         const std::string& payload) {
    rados::MAuth request;
    request.protocol = protocol;
    request.auth_payload.Append(payload);
    return auth_->Handle(request, conversation);
  }
  // Says who it is, by method none.
  std::unique_ptr<rados::MAuthReply> Greet(Conversation* conversation, uint32_t method,
                                           uint64_t global_id = 0) {
    const cephx::Greeting greeting = {
        .name = {kEntityOsd, "3"}, .global_id = global_id, .methods = {method}};
    return Say(conversation, 0, greeting.EncodeV1());
  }
  cephx::EntityAuth Add(const AuthName& name, std::map<std::string, std::string> caps) {
    cephx::EntityAuth entry = {.key = auth_->entities().NewKey(), .caps = std::move(caps)};
    EXPECT_TRUE(auth_->entities().Put({{name, entry}}).ok());
    return entry;
  }
  CephxClient::Options ClientOf(const AuthName& name, const cephx::EntityAuth& entry) {
    CephxClient::Options options;
    options.name = name;
    options.secret = entry.key;
    options.clock = &clock_;
    return options;
  }
  // The monitor's last answer to a login over v1.
  std::unique_ptr<rados::MAuthReply> Login(CephxClient* client, Conversation* conversation) {
    ClientLogin login(client, ProtocolVersion::kV1);
    auto reply = Say(conversation, 0, login.Begin({kAuthCephx, kAuthNone}));
    EXPECT_EQ(reply->protocol, kAuthCephx);
    const auto proof = login.OnChallenge(reply->auth_payload.ToString());
    EXPECT_TRUE(proof.ok()) << proof.status();
    if (!proof.ok()) return reply;
    reply = Say(conversation, kAuthCephx, *proof);
    if (reply->result < 0) return reply;
    const auto session = login.OnSession(reply->global_id, reply->auth_payload.ToString());
    EXPECT_TRUE(session.ok()) << session.status();
    return reply;
  }

  std::unique_ptr<AuthService> auth_;
};

TEST_F(AuthServiceTest, LetsInWhoeverTakesNone) {
  Start("none");
  Conversation conversation;
  const auto reply = Greet(&conversation, kAuthNone);
  EXPECT_EQ(reply->result, 0);
  EXPECT_EQ(reply->protocol, kAuthNone);
  ASSERT_TRUE(conversation.identity());
  EXPECT_EQ(conversation.identity()->name.ToString(), "osd.3");
  EXPECT_EQ(reply->global_id, conversation.identity()->global_id);
  EXPECT_TRUE(conversation.identity()->caps.allows_all());
}

TEST_F(AuthServiceTest, RefusesAMethodThatItDoesNotServeAndGarbage) {
  Start("none");
  Conversation conversation;
  EXPECT_EQ(Greet(&conversation, kAuthCephx)->result, -EOPNOTSUPP);
  EXPECT_LT(Say(&conversation, 0, "")->result, 0);
  EXPECT_LT(Say(&conversation, kAuthCephx, "garbage")->result, 0);
  EXPECT_FALSE(conversation.identity());
}

TEST_F(AuthServiceTest, AClientOfMethodNoneKeepsItsNumberWhenItComesAgain) {
  Start("none");
  Conversation first, second, third;
  const uint64_t id = Greet(&first, kAuthNone)->global_id;
  EXPECT_EQ(Greet(&second, kAuthNone, id)->global_id, id);
  EXPECT_NE(Greet(&third, kAuthNone, id + 999)->global_id, id + 999);
}

TEST_F(AuthServiceTest, WithCephxMethodNoneIsRefused) {
  Start("cephx");
  Conversation conversation;
  EXPECT_EQ(Greet(&conversation, kAuthNone)->result, -EOPNOTSUPP);
  EXPECT_FALSE(conversation.identity());
}

TEST_F(AuthServiceTest, AKeyOpensTheDoorAndBringsItsCapabilities) {
  Start("cephx");
  const AuthName alice = {kEntityClient, "alice"};
  CephxClient client(ClientOf(alice, Add(alice, {{"mon", "allow r"}, {"osd", "allow rw"}})));
  Conversation conversation;
  EXPECT_EQ(Login(&client, &conversation)->result, 0);
  ASSERT_TRUE(conversation.identity());
  EXPECT_EQ(conversation.identity()->name, alice);
  EXPECT_NE(conversation.identity()->global_id, 0u);
  EXPECT_TRUE(
      conversation.identity()->caps.IsAllowed({.service = "osd", .rights = MonCaps::kRead}));
  EXPECT_FALSE(
      conversation.identity()->caps.IsAllowed({.service = "osd", .rights = MonCaps::kWrite}));
}

TEST_F(AuthServiceTest, AWrongKeyAndAnUnknownEntityAreRefusedAlike) {
  Start("cephx");
  const AuthName alice = {kEntityClient, "alice"};
  Add(alice, {});
  for (const AuthName& name : {alice, AuthName{kEntityClient, "nobody"}}) {
    CephxClient client(ClientOf(name, {.key = auth_->entities().NewKey(), .caps = {}}));
    Conversation conversation;
    EXPECT_EQ(Login(&client, &conversation)->result, -EACCES);
    EXPECT_FALSE(conversation.identity());
  }
}

TEST_F(AuthServiceTest, AnOpenSessionGetsTicketsForServices) {
  Start("cephx");
  const AuthName alice = {kEntityClient, "alice"};
  CephxClient client(ClientOf(alice, Add(alice, {{"mon", "allow r"}, {"osd", "allow rw"}})));
  Conversation conversation;
  Login(&client, &conversation);
  if (client.DueTickets() != 0) {
    const auto request = client.TicketsRequest();
    ASSERT_TRUE(request.ok());
    const auto reply = Say(&conversation, kAuthCephx, *request);
    EXPECT_EQ(reply->result, 0);
    ASSERT_TRUE(client.OnReply(reply->auth_payload.ToString()).ok());
  }
  EXPECT_TRUE(client.TicketFor(kEntityOsd).ok());
  clock_.Advance(absl::Minutes(40));
  EXPECT_NE(client.DueTickets() & kEntityOsd, 0u);
  const auto reply = Say(&conversation, kAuthCephx, *client.TicketsRequest());
  ASSERT_TRUE(client.OnReply(reply->auth_payload.ToString()).ok());
  EXPECT_EQ(client.DueTickets(), 0u);
}

TEST_F(AuthServiceTest, AnOsdGetsItsRotatingKeysAlsoWhenItCameByV2) {
  Start("cephx");
  const AuthName osd = {kEntityOsd, "3"};
  const cephx::EntityAuth entry = Add(osd, {{"mon", "allow profile osd"}, {"osd", "allow *"}});
  cephx::RotatingKeys keys(kEntityOsd);
  CephxClient::Options options = ClientOf(osd, entry);
  options.rotating_keys = &keys;
  CephxClient client(std::move(options));
  PeerIdentity peer;
  peer.entity = "osd.3";
  peer.caps = "allow profile osd";
  Conversation conversation;
  ASSERT_TRUE(auth_->Adopt(peer, &conversation));
  EXPECT_TRUE(keys.NeedFetch(clock_.Now()));
  const auto reply = Say(&conversation, kAuthCephx, client.RotatingKeysRequest());
  ASSERT_EQ(reply->result, 0) << reply->result_message;
  ASSERT_TRUE(client.OnReply(reply->auth_payload.ToString()).ok());
  EXPECT_FALSE(keys.NeedFetch(clock_.Now()));
}

TEST_F(AuthServiceTest, ASessionBeforeItsLoginGetsNothing) {
  Start("cephx");
  const AuthName osd = {kEntityOsd, "3"};
  CephxClient client(ClientOf(osd, Add(osd, {})));
  Conversation conversation;
  EXPECT_EQ(Say(&conversation, kAuthCephx, client.RotatingKeysRequest())->result, -EACCES);
}

TEST_F(AuthServiceTest, TicketsOutliveARestart) {
  Start("cephx");
  const AuthName alice = {kEntityClient, "alice"};
  CephxClient client(ClientOf(alice, Add(alice, {{"osd", "allow rw"}})));
  Conversation before, after;
  const uint64_t id = Login(&client, &before)->global_id;
  Start("cephx");
  // Its old ticket proves whose the number is.
  EXPECT_EQ(Login(&client, &after)->global_id, id);
}

TEST_F(AuthServiceTest, CapabilitiesThatAreNoneAllowNothing) {
  Start("cephx");
  PeerIdentity peer;
  peer.entity = "client.x";
  peer.caps = "permit everything";
  Conversation conversation;
  ASSERT_TRUE(auth_->Adopt(peer, &conversation));
  EXPECT_NE(conversation.identity()->bad_caps, "");
  EXPECT_FALSE(
      conversation.identity()->caps.IsAllowed({.service = "mon", .rights = MonCaps::kRead}));
  peer.entity = "";
  Conversation nobody;
  EXPECT_FALSE(auth_->Adopt(peer, &nobody));
}

}  // namespace
}  // namespace siphon::mon
