// Clients and servers of cephx against each other: who comes in, and who does not.
#include "msg/auth/cephx/server_exchanges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/client_exchanges.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Kind = AuthServerExchange::Answer::Kind;

constexpr uint32_t kCrc = static_cast<uint32_t>(ConMode::kCrc);
constexpr uint32_t kSecure = static_cast<uint32_t>(ConMode::kSecure);

class ExchangesTest : public ::testing::Test {
 protected:
  Handshake LogIn(CephxClient* client, ConMode mode = ConMode::kSecure) {
    const auto to_mon = NewMonClientExchange(client, {kSecure, kCrc});
    return Converse(*to_mon, *NewMonServerExchange(&cluster_.server, mode));
  }
  std::unique_ptr<CephxClient> LoggedIn() {
    auto client = cluster_.Client(cluster_.kAdmin);
    EXPECT_TRUE(LogIn(client.get()).client.ok());
    return client;
  }
  std::unique_ptr<AuthServerExchange> Osd(ConMode mode = ConMode::kSecure) {
    return NewServiceServerExchange(OsdOptions(), mode);
  }
  ServiceExchangeOptions OsdOptions() {
    return {.keys = &cluster_.osd_keys,
            .service = kEntityOsd,
            .clock = &cluster_.clock,
            .random = &cluster_.random};
  }
  Handshake ShowOsd(CephxClient* client, ConMode mode = ConMode::kSecure) {
    const auto to_osd = NewServiceClientExchange(client, kEntityOsd, {kSecure, kCrc});
    return Converse(*to_osd, *Osd(mode));
  }
  // What the OSD says to a whole conversation that somebody shows it.
  AuthServerExchange::Answer Show(const std::string& first, const std::string& second) {
    const auto osd = Osd();
    AuthServerExchange::Answer answer = osd->OnRequest(kAuthCephx, {kSecure}, first);
    return answer.kind == Kind::kMore ? osd->OnRequestMore(second) : answer;
  }

  CephxCluster cluster_;
};

TEST_F(ExchangesTest, TheMonitorLetsInWhoeverHasTheKey) {
  const auto client = cluster_.Client(cluster_.kAdmin);
  const Handshake h = LogIn(client.get());
  ASSERT_TRUE(h.client.ok()) << h.client.status();
  EXPECT_EQ(h.client->session_key, h.server.secrets.session_key);
  EXPECT_EQ(h.client->connection_secret, h.server.secrets.connection_secret);
  EXPECT_THAT(h.client->session_key, SizeIs(16));
  EXPECT_THAT(h.client->connection_secret, SizeIs(64));
  EXPECT_EQ(h.server.peer->entity, "client.admin");
  EXPECT_EQ(h.server.peer->caps, "allow *");
  EXPECT_FALSE(h.server.peer->allow_all);
  EXPECT_EQ(h.server.global_id, 4097u);
  EXPECT_EQ(client->global_id(), 4097u);
}

TEST_F(ExchangesTest, InCrcModeThereIsNoSecretOfTheConnection) {
  const auto client = cluster_.Client(cluster_.kAdmin);
  const Handshake h = LogIn(client.get(), ConMode::kCrc);
  ASSERT_TRUE(h.client.ok()) << h.client.status();
  EXPECT_EQ(h.client->connection_secret, "");
  EXPECT_EQ(ShowOsd(client.get(), ConMode::kCrc).client->connection_secret, "");
}

TEST_F(ExchangesTest, TheMonitorRefusesAWrongKey) {
  const auto client =
      cluster_.Client(cluster_.kAdmin, CryptoKey::Generate(cluster_.clock.Now(), cluster_.random));
  const Handshake h = LogIn(client.get());
  EXPECT_EQ(h.server.kind, Kind::kBadMethod);
  EXPECT_EQ(h.server.bad.result, -EACCES);
  EXPECT_THAT(h.server.reason, HasSubstr("its key is not that of client.admin"));
  EXPECT_TRUE(absl::IsPermissionDenied(h.client.status()));
  EXPECT_EQ(h.server.peer, nullptr);
}

TEST_F(ExchangesTest, TheMonitorAnswersAnUnknownEntityAsItDoesAWrongKey) {
  const auto client = cluster_.Client(AuthName{kEntityClient, "eve"},
                                      CryptoKey::Generate(cluster_.clock.Now(), cluster_.random));
  const Handshake h = LogIn(client.get());
  EXPECT_EQ(h.server.kind, Kind::kBadMethod);
  EXPECT_EQ(h.server.bad.result, -EACCES);
  EXPECT_THAT(h.server.reason, HasSubstr("there is no entity client.eve"));
  EXPECT_THAT(h.shown, SizeIs(2)) << "it is challenged first";
}

TEST_F(ExchangesTest, AProofIsOfNoUseOnAnotherConnectionOrASecondTime) {
  const auto client = cluster_.Client(cluster_.kAdmin);
  const Handshake h = LogIn(client.get());
  const auto mon = NewMonServerExchange(&cluster_.server, ConMode::kCrc);
  ASSERT_EQ(mon->OnRequest(kAuthCephx, {kCrc}, h.shown[0]).kind, Kind::kMore);
  EXPECT_EQ(mon->OnRequestMore(h.shown[1]).kind, Kind::kBadMethod);
  EXPECT_THAT(mon->OnRequestMore(h.shown[1]).reason, HasSubstr("challenge that was not made"));
}

TEST_F(ExchangesTest, TheMonitorAnswersEveryCutRequestWithARefusal) {
  const auto client = cluster_.Client(cluster_.kAdmin);
  const Handshake h = LogIn(client.get());
  for (size_t n = 0; n < h.shown[0].size(); ++n) {
    const auto mon = NewMonServerExchange(&cluster_.server, ConMode::kCrc);
    EXPECT_EQ(mon->OnRequest(kAuthCephx, {kCrc}, h.shown[0].substr(0, n)).kind, Kind::kBadMethod);
  }
  for (size_t n = 0; n < h.shown[1].size(); ++n) {
    const auto mon = NewMonServerExchange(&cluster_.server, ConMode::kCrc);
    ASSERT_EQ(mon->OnRequest(kAuthCephx, {kCrc}, h.shown[0]).kind, Kind::kMore);
    const auto answer = mon->OnRequestMore(h.shown[1].substr(0, n));
    EXPECT_EQ(answer.kind, Kind::kBadMethod);
    EXPECT_NE(answer.reason, "");
  }
}

TEST_F(ExchangesTest, TheOsdLearnsFromTheTicketWhoComesAndWhatItMay) {
  const auto client = LoggedIn();
  const Handshake h = ShowOsd(client.get());
  ASSERT_TRUE(h.client.ok()) << h.client.status();
  EXPECT_EQ(h.client->session_key, h.server.secrets.session_key);
  EXPECT_EQ(h.client->connection_secret, h.server.secrets.connection_secret);
  EXPECT_THAT(h.client->connection_secret, SizeIs(64));
  EXPECT_EQ(h.server.peer->entity, "client.admin");
  EXPECT_EQ(h.server.peer->global_id, client->global_id());
  EXPECT_EQ(h.server.peer->caps, "allow rwx pool=data");
  EXPECT_FALSE(h.server.peer->allow_all);
  EXPECT_EQ(h.server.peer->expires, cluster_.clock.Now() + absl::Hours(1));
}

TEST_F(ExchangesTest, OverV1TheSameTicketsAreShownWithoutModes) {
  const auto client = LoggedIn();
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {});
  const Handshake h = Converse(*to_osd, *Osd(ConMode::kUnknown));
  ASSERT_TRUE(h.client.ok()) << h.client.status();
  EXPECT_EQ(h.client->session_key, h.server.secrets.session_key);
  EXPECT_EQ(h.client->connection_secret, "");
  EXPECT_THAT(h.server.payload, SizeIs(36)) << "a reply of version 1, as Ceph sends it";
}

TEST_F(ExchangesTest, TheOsdRefusesAReplayedAuthorizer) {
  const auto client = LoggedIn();
  const Handshake h = ShowOsd(client.get());
  ASSERT_TRUE(h.client.ok());
  EXPECT_THAT(Show(h.shown[0], h.shown[1]).reason, HasSubstr("a replay"));
  EXPECT_THAT(Show(h.shown[1], h.shown[1]).reason, HasSubstr("a replay"));
  EXPECT_THAT(Show(h.shown[0], h.shown[0]).reason, HasSubstr("a replay"));
  const auto osd = Osd();
  EXPECT_THAT(osd->OnRequestMore(h.shown[1]).reason, HasSubstr("challenge that was not made"));
}

TEST_F(ExchangesTest, TheOsdRefusesAnExpiredTicket) {
  const auto client = LoggedIn();
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {kSecure});
  const std::string shown = to_osd->Begin()->payload;
  cluster_.clock.Advance(absl::Hours(1));
  const auto answer = Osd()->OnRequest(kAuthCephx, {kSecure}, shown);
  EXPECT_EQ(answer.kind, Kind::kBadMethod);
  EXPECT_EQ(answer.bad.result, -EACCES);
  EXPECT_THAT(answer.reason, HasSubstr("the ticket of client.admin expired"));
  EXPECT_FALSE(client->TicketFor(kEntityOsd).ok()) << "the client does not even show it";
}

TEST_F(ExchangesTest, ATicketBetweenTheChallengeAndTheAnswerMustStillBeValid) {
  const auto client = LoggedIn();
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {kSecure});
  const auto osd = Osd();
  const auto challenge = osd->OnRequest(kAuthCephx, {kSecure}, to_osd->Begin()->payload);
  cluster_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(osd->OnRequestMore(*to_osd->OnReplyMore(challenge.payload)).reason,
              HasSubstr("expired"));
}

TEST_F(ExchangesTest, TheOsdRefusesATicketOfAnotherService) {
  const auto client = LoggedIn();
  // As it is, and with its label changed.
  const auto to_mgr = NewServiceClientExchange(client.get(), kEntityMgr, {kSecure});
  const std::string shown = to_mgr->Begin()->payload;
  EXPECT_THAT(Show(shown, shown).reason, HasSubstr("for services of type mgr, and this is osd"));
  Decoder d(shown);
  Authorizer forged = Authorizer::Decode(d);
  forged.service = kEntityOsd;
  EXPECT_EQ(Show(Encoded([&](Encoder& e) { forged.Encode(e); }), shown).kind, Kind::kBadMethod);
}

TEST_F(ExchangesTest, TheOsdRefusesAnotherNumberThanTheTickets) {
  const auto client = LoggedIn();
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {kSecure});
  const std::string shown = to_osd->Begin()->payload;
  Decoder d(shown);
  Authorizer forged = Authorizer::Decode(d);
  ++forged.global_id;
  EXPECT_THAT(Show(Encoded([&](Encoder& e) { forged.Encode(e); }), shown).reason,
              HasSubstr("not for the global id shown"));
}

TEST_F(ExchangesTest, TheOsdRefusesATicketWhoseSessionKeyIsNotKnown) {
  const auto client = LoggedIn();
  const auto ticket = client->TicketFor(kEntityOsd);
  const CryptoKey guess = CryptoKey::Generate(cluster_.clock.Now(), cluster_.random);
  const Authorizer forged{client->global_id(), kEntityOsd, ticket->blob,
                          AuthorizerProof{.nonce = 1, .answer = {}}.Seal(guess)};
  EXPECT_THAT(Show(Encoded([&](Encoder& e) { forged.Encode(e); }), "").reason,
              HasSubstr("does not know the session key"));
}

TEST_F(ExchangesTest, TheOsdRefusesEveryCutOrFlippedAuthorizer) {
  const auto client = LoggedIn();
  const std::string whole =
      NewServiceClientExchange(client.get(), kEntityOsd, {kSecure})->Begin()->payload;
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_EQ(Show(whole.substr(0, n), "").kind, Kind::kBadMethod) << n;
  }
  EXPECT_EQ(Show(whole + "x", "").kind, Kind::kBadMethod);
  // A changed bit of the envelope may leave the magic alone, where only the nonce suffers; then the
  // challenge's answer is missing. Nothing gets in.
  for (size_t n = 0; n < whole.size(); ++n) {
    std::string flipped = whole;
    flipped[n] = static_cast<char>(flipped[n] ^ 1);
    EXPECT_EQ(Show(flipped, flipped).kind, Kind::kBadMethod) << n;
  }
}

TEST_F(ExchangesTest, ADaemonWithoutRotatingKeysSaysSo) {
  const auto client = LoggedIn();
  RotatingKeys none(kEntityOsd);
  ServiceExchangeOptions options = OsdOptions();
  options.keys = &none;
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {kSecure});
  const auto osd = NewServiceServerExchange(options, ConMode::kSecure);
  EXPECT_THAT(Converse(*to_osd, *osd).server.reason, HasSubstr("no rotating keys"));
}

TEST_F(ExchangesTest, TheClientRefusesAnOsdOfAnotherCluster) {
  CephxCluster other;
  const auto client = LoggedIn();
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {kSecure});
  ASSERT_TRUE(to_osd->Begin().ok());
  const CryptoKey guess = CryptoKey::Generate(cluster_.clock.Now(), cluster_.random);
  EXPECT_TRUE(absl::IsPermissionDenied(to_osd->OnReplyMore(SealChallenge(1, guess)).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(
      to_osd->OnDone(1, ConMode::kSecure, AuthorizeReply{1, ""}.Seal(guess)).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(to_osd->OnDone(1, ConMode::kSecure, "garbage").status()));
}

TEST_F(ExchangesTest, TheClientRefusesAModeThatItDidNotOffer) {
  const auto client = LoggedIn();
  for (const bool mon : {true, false}) {
    const auto exchange = mon ? NewMonClientExchange(client.get(), {kSecure})
                              : NewServiceClientExchange(client.get(), kEntityOsd, {kSecure});
    const auto server =
        mon ? NewMonServerExchange(&cluster_.server, ConMode::kCrc) : Osd(ConMode::kCrc);
    const Handshake h = Converse(*exchange, *server);
    EXPECT_THAT(std::string(h.client.status().message()), HasSubstr("a downgrade"));
  }
}

TEST_F(ExchangesTest, TheClientRefusesSecureModeWithoutASecret) {
  const auto client = LoggedIn();
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {kSecure, kCrc});
  Handshake h = Converse(*to_osd, *Osd(ConMode::kCrc));
  ASSERT_TRUE(h.client.ok());
  EXPECT_THAT(std::string(to_osd->OnDone(1, ConMode::kSecure, h.server.payload).status().message()),
              HasSubstr("without a secret"));
}

TEST_F(ExchangesTest, TheClientRefusesASecondChallengeAndOneThatWasNotAskedFor) {
  const auto client = LoggedIn();
  const auto to_osd = NewServiceClientExchange(client.get(), kEntityOsd, {kSecure});
  EXPECT_FALSE(to_osd->OnReplyMore("x").ok());
  const auto challenge = Osd()->OnRequest(kAuthCephx, {kSecure}, to_osd->Begin()->payload);
  EXPECT_TRUE(to_osd->OnReplyMore(challenge.payload).ok());
  EXPECT_FALSE(to_osd->OnReplyMore(challenge.payload).ok());
  const auto to_mon = NewMonClientExchange(client.get(), {kSecure});
  EXPECT_TRUE(to_mon->OnReplyMore(EncodeServerChallenge(5)).ok());
  EXPECT_FALSE(to_mon->OnReplyMore(EncodeServerChallenge(5)).ok());
}

TEST_F(ExchangesTest, AMonitorThatAsksForNoProofIsNotBelieved) {
  const auto client = cluster_.Client(cluster_.kAdmin);
  const auto to_mon = NewMonClientExchange(client.get(), {kCrc});
  EXPECT_TRUE(absl::IsPermissionDenied(to_mon->OnDone(1, ConMode::kCrc, "").status()));
}

TEST_F(ExchangesTest, WithoutATicketNothingIsShown) {
  const auto client = cluster_.Client(cluster_.kAdmin);
  EXPECT_TRUE(absl::IsUnavailable(
      NewServiceClientExchange(client.get(), kEntityOsd, {kCrc})->Begin().status()));
}

}  // namespace
}  // namespace siphon::cephx
