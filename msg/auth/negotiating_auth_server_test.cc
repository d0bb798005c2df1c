// Both negotiators against each other.
#include "msg/auth/negotiating_auth_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/auth/negotiating_auth_client.h"

namespace siphon {
namespace {

using cephx::CephxCluster;
using cephx::Handshake;
using ::testing::HasSubstr;
using Kind = AuthServerExchange::Answer::Kind;

class NegotiatingAuthTest : public ::testing::Test {
 protected:
  NegotiatingAuthTest() {
    for (const char* name :
         {"auth_client_required", "auth_cluster_required", "auth_service_required"}) {
      Set(&client_config_, name, "cephx");
      Set(&server_config_, name, "cephx");
    }
  }
  static void Set(Config* config, const char* name, const char* value) {
    ASSERT_TRUE(config->Set(name, value, Config::Source::kCommandLine).ok());
  }
  std::unique_ptr<NegotiatingAuthServer> Server(EntityType self) {
    NegotiatingAuthServer::Options options{.self = self,
                                           .keys = &cluster_.osd_keys,
                                           .clock = &cluster_.clock,
                                           .random = &cluster_.random};
    if (self == kEntityMon) {
      options.keys = options.key_server = &cluster_.server;
      options.new_global_id = [this] { return ++cluster_.last_global_id; };
      options.optional = true;
    }
    return std::make_unique<NegotiatingAuthServer>(AuthPolicy(&server_config_, self), options);
  }
  Handshake Connect(EntityType service, ProtocolVersion version = ProtocolVersion::kV2) {
    NegotiatingAuthClient client(AuthPolicy(&client_config_, kEntityClient), cluster_.kAdmin,
                                 has_key_ ? cephx_.get() : nullptr);
    return cephx::Converse(*client.NewExchange(service, version),
                           *Server(service)->NewExchange(kEntityClient, version));
  }

  CephxCluster cluster_;
  Config client_config_;
  Config server_config_;
  bool has_key_ = true;
  std::unique_ptr<cephx::CephxClient> cephx_ = cluster_.Client(cluster_.kAdmin);
};

TEST_F(NegotiatingAuthTest, ByDefaultMonitorsAreSecureAndOsdsAreNot) {
  const Handshake mon = Connect(kEntityMon);
  ASSERT_TRUE(mon.client.ok()) << mon.client.status() << mon.server.reason;
  EXPECT_EQ(mon.server.mode, ConMode::kSecure);
  const Handshake osd = Connect(kEntityOsd);
  ASSERT_TRUE(osd.client.ok()) << osd.client.status() << osd.server.reason;
  EXPECT_EQ(osd.server.mode, ConMode::kCrc);
  EXPECT_EQ(osd.server.peer->caps, "allow rwx pool=data");
}

TEST_F(NegotiatingAuthTest, TheServerTakesTheClientsFirstModeThatItAllows) {
  Set(&server_config_, "ms_mon_service_mode", "crc");
  EXPECT_EQ(Connect(kEntityMon).server.mode, ConMode::kCrc);
  Set(&server_config_, "ms_service_mode", "secure crc");
  EXPECT_EQ(Connect(kEntityOsd).server.mode, ConMode::kCrc);
  Set(&client_config_, "ms_client_mode", "secure");
  const Handshake osd = Connect(kEntityOsd);
  EXPECT_EQ(osd.server.mode, ConMode::kSecure);
  EXPECT_EQ(osd.client->connection_secret.size(), 64u);
}

TEST_F(NegotiatingAuthTest, WithoutACommonModeBothSidesSayWhatTheyWanted) {
  Set(&client_config_, "ms_mon_client_mode", "crc");
  Set(&server_config_, "ms_mon_service_mode", "secure");
  const Handshake h = Connect(kEntityMon);
  EXPECT_EQ(h.server.kind, Kind::kBadMethod);
  EXPECT_EQ(h.server.bad.result, -EOPNOTSUPP);
  EXPECT_THAT(h.server.reason, HasSubstr("it asks for modes 1"));
  EXPECT_THAT(std::string(h.client.status().message()),
              HasSubstr("it takes cephx in modes 2 (1 crc, 2 secure), this side cephx in modes 1"));
}

TEST_F(NegotiatingAuthTest, FallsBackToTheMethodThatTheServerTakes) {
  Set(&client_config_, "auth_client_required", "cephx, none");
  Set(&server_config_, "auth_service_required", "none");
  const Handshake h = Connect(kEntityMon);
  ASSERT_TRUE(h.client.ok()) << h.client.status();
  EXPECT_EQ(h.request.method, kAuthNone);
  EXPECT_EQ(h.server.mode, ConMode::kCrc);
  EXPECT_TRUE(h.server.peer->allow_all);
  EXPECT_EQ(h.server.global_id, 4097u) << "a monitor gives numbers to clients of method none";
  EXPECT_EQ(h.server.peer->global_id, 4097u);
}

TEST_F(NegotiatingAuthTest, DoesNotFallBackToNoneByItself) {
  Set(&server_config_, "auth_service_required", "none");
  const Handshake h = Connect(kEntityMon);
  EXPECT_TRUE(absl::IsPermissionDenied(h.client.status()));
  EXPECT_THAT(std::string(h.client.status().message()), HasSubstr("it takes none"));
}

TEST_F(NegotiatingAuthTest, TheServerDoesNotTakeNoneWhereCephxIsRequired) {
  Set(&client_config_, "auth_client_required", "none");
  for (const auto version : {ProtocolVersion::kV1, ProtocolVersion::kV2}) {
    const Handshake h = Connect(kEntityOsd, version);
    EXPECT_EQ(h.server.kind, Kind::kBadMethod);
    EXPECT_THAT(h.server.reason, HasSubstr("method 1"));
  }
}

TEST_F(NegotiatingAuthTest, SecureModeWithNoneIsRefusedOnEitherSide) {
  Set(&client_config_, "auth_client_required", "none");
  Set(&client_config_, "ms_client_mode", "secure");
  EXPECT_THAT(std::string(Connect(kEntityOsd).client.status().message()),
              HasSubstr("has no key to encrypt with"));
  Set(&client_config_, "ms_client_mode", "crc");
  Set(&server_config_, "auth_service_required", "none");
  Set(&server_config_, "ms_service_mode", "secure");
  const Handshake h = Connect(kEntityOsd);
  EXPECT_EQ(h.server.kind, Kind::kFault);
  EXPECT_THAT(h.server.reason, HasSubstr("has no key to encrypt with"));
}

TEST_F(NegotiatingAuthTest, OfAWrongKeyTheErrorSaysWhose) {
  cephx_ = cluster_.Client(cluster_.kAdmin,
                           cephx::CryptoKey::Generate(cluster_.clock.Now(), cluster_.random));
  EXPECT_THAT(std::string(Connect(kEntityMon).client.status().message()),
              HasSubstr("refuses client.admin by cephx (error -13); is its key the one"));
}

TEST_F(NegotiatingAuthTest, WithoutAKeyTheErrorSaysSo) {
  has_key_ = false;
  EXPECT_THAT(std::string(Connect(kEntityMon).client.status().message()),
              HasSubstr("no key for cephx; give a keyring"));
  Set(&client_config_, "auth_client_required", "cephx, none");
  Set(&server_config_, "auth_service_required", "cephx, none");
  EXPECT_EQ(Connect(kEntityMon).request.method, kAuthNone);
}

TEST_F(NegotiatingAuthTest, OverV1AMonitorLetsNobodyDoNothing) {
  const Handshake h = Connect(kEntityMon, ProtocolVersion::kV1);
  ASSERT_TRUE(h.client.ok()) << h.client.status();
  EXPECT_EQ(h.request.method, kAuthUnknown);
  ASSERT_NE(h.server.peer, nullptr);
  EXPECT_EQ(h.server.peer->entity, "");
  EXPECT_FALSE(h.server.peer->allow_all);
}

TEST_F(NegotiatingAuthTest, OverV1AnOsdIsShownTheTicket) {
  ASSERT_TRUE(Connect(kEntityMon).client.ok());
  const Handshake h = Connect(kEntityOsd, ProtocolVersion::kV1);
  ASSERT_TRUE(h.client.ok()) << h.client.status();
  EXPECT_TRUE(h.request.modes.empty());
  EXPECT_EQ(h.server.peer->entity, "client.admin");
  const auto osd = Server(kEntityOsd)->NewExchange(kEntityClient, ProtocolVersion::kV1);
  EXPECT_EQ(osd->OnRequest(kAuthUnknown, {}, "").kind, Kind::kBadMethod) << "nothing is not enough";
  EXPECT_EQ(osd->OnRequestMore("").kind, Kind::kBadMethod);
}

TEST_F(NegotiatingAuthTest, WhoCannotAnswerAChallengeIsLetInByTheTicketAlone) {
  ASSERT_TRUE(Connect(kEntityMon).client.ok());
  NegotiatingAuthClient client(AuthPolicy(&client_config_, kEntityClient), cluster_.kAdmin,
                               cephx_.get());
  const auto to_osd = client.NewExchange(kEntityOsd, ProtocolVersion::kV1);
  const auto osd = Server(kEntityOsd)->NewExchange(kEntityClient, ProtocolVersion::kV1);
  osd->SkipChallenge();
  const Handshake h = cephx::Converse(*to_osd, *osd);
  ASSERT_TRUE(h.client.ok()) << h.client.status() << h.server.reason;
  EXPECT_EQ(h.shown.size(), 1u) << "there was no challenge";
  EXPECT_EQ(h.server.peer->entity, "client.admin");
  EXPECT_EQ(h.client->session_key, h.server.secrets.session_key);
}

TEST_F(NegotiatingAuthTest, AGreetingForAMonitorIsNothingToAnOsd) {
  ASSERT_TRUE(Connect(kEntityMon).client.ok());
  const Handshake mon = Connect(kEntityMon);
  const auto osd = Server(kEntityOsd)->NewExchange(kEntityClient, ProtocolVersion::kV2);
  EXPECT_EQ(osd->OnRequest(kAuthCephx, {1}, mon.shown[0]).kind, Kind::kBadMethod);
}

}  // namespace
}  // namespace siphon
