// What real Ceph 16.2 said is understood, and what this side says to the same questions is the same
// byte for byte.
#include "msg/auth/cephx/recorded_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/decoder.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/client_exchanges.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/key_server.h"
#include "msg/auth/cephx/message_signature.h"
#include "msg/auth/cephx/mon_login.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {
namespace {

using ::testing::SizeIs;

const AuthName kAdmin{kEntityClient, "admin"};

CryptoKey AdminKey(const std::string& keyring) { return LoadKeyring(keyring).Find(kAdmin)->key; }

uint64_t ClientChallenge(std::string_view request) {
  Decoder d(request.substr(2));
  return AuthenticateRequest::Decode(d).client_challenge;
}

// A client that logged in as the recorded one did.
struct Replay {
  explicit Replay(const std::string& mon_stream)
      : handshake(ReadV2Handshake(mon_stream)),
        random({ClientChallenge(handshake.request_more)}),
        client(
            {.name = kAdmin, .secret = AdminKey("cephx_client_admin.keyring"), .random = &random}) {
  }

  absl::StatusOr<AuthSecrets> Login() {
    const auto exchange = NewMonClientExchange(&client, handshake.modes);
    const auto request = exchange->Begin();
    EXPECT_EQ(request->payload, handshake.request);
    const auto more = exchange->OnReplyMore(handshake.challenge);
    EXPECT_TRUE(more.ok()) << more.status();
    EXPECT_EQ(*more, handshake.request_more);
    return exchange->OnDone(handshake.global_id, static_cast<ConMode>(handshake.mode),
                            handshake.done);
  }

  V2Handshake handshake;
  ScriptedRandom random;
  CephxClient client;
};

TEST(RecordedStreamsTest, TheClientLogsInToARealMonitorInBothModesOfV2) {
  Replay crc("v2_crc_cephx_client_mon_put");
  const auto crc_secrets = crc.Login();
  ASSERT_TRUE(crc_secrets.ok()) << crc_secrets.status();
  EXPECT_THAT(crc_secrets->session_key, SizeIs(16));
  EXPECT_EQ(crc_secrets->connection_secret, "");
  EXPECT_EQ(crc.client.DueTickets(), 0u);

  Replay secure("v2_secure_cephx_client_mon_put");
  const auto secrets = secure.Login();
  ASSERT_TRUE(secrets.ok()) << secrets.status();
  EXPECT_THAT(secrets->connection_secret, SizeIs(64));
  EXPECT_EQ(secure.client.global_id(), secure.handshake.global_id);
  EXPECT_FALSE(secure.client.NeedsLogin());
}

TEST(RecordedStreamsTest, AnotherKeyDoesNotOpenTheMonitorsAnswer) {
  Replay replay("v2_secure_cephx_client_mon_put");
  CephxClient other({.name = kAdmin, .secret = AdminKey("cephx_v1_client_admin.keyring")});
  ClientLogin login(&other, ProtocolVersion::kV2);
  login.Begin({});
  ASSERT_TRUE(login.OnChallenge(replay.handshake.challenge).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(login.OnSession(1, replay.handshake.done).status()));
}

class RecordedAuthorizerTest : public ::testing::TestWithParam<const char*> {};

TEST_P(RecordedAuthorizerTest, TheClientShowsARealOsdItsTicket) {
  const std::string mode = GetParam();
  Replay mon("v2_" + mode + "_cephx_client_mon_put");
  ASSERT_TRUE(mon.Login().ok());
  const V2Handshake osd = ReadV2Handshake("v2_" + mode + "_cephx_client_osd_put");
  Decoder d(osd.request);
  const Authorizer recorded = Authorizer::Decode(d);
  const auto ticket = mon.client.TicketFor(kEntityOsd);
  ASSERT_TRUE(ticket.ok());
  ASSERT_EQ(ticket->blob.sealed, recorded.ticket.sealed);
  const auto proof = AuthorizerProof::Open(recorded.sealed_proof, ticket->session_key);
  ASSERT_TRUE(proof.ok()) << proof.status();

  mon.random = ScriptedRandom({proof->nonce});
  const auto exchange = NewServiceClientExchange(&mon.client, kEntityOsd, osd.modes);
  EXPECT_EQ(exchange->Begin()->payload, osd.request);
  const auto more = exchange->OnReplyMore(osd.challenge);
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(*more, osd.request_more);
  const auto secrets = exchange->OnDone(osd.global_id, static_cast<ConMode>(osd.mode), osd.done);
  ASSERT_TRUE(secrets.ok()) << secrets.status();
  EXPECT_EQ(secrets->session_key, ticket->session_key.secret());
  EXPECT_THAT(secrets->connection_secret, SizeIs(mode == "secure" ? 64 : 0));

  // The OSD's answer, as this side would have written it.
  const auto reply = AuthorizeReply::Open(osd.done, ticket->session_key);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->Seal(ticket->session_key), osd.done);
  const auto challenge = OpenChallenge(osd.challenge, ticket->session_key);
  ASSERT_TRUE(challenge.ok());
  EXPECT_EQ(SealChallenge(*challenge, ticket->session_key), osd.challenge);
}

INSTANTIATE_TEST_SUITE_P(Modes, RecordedAuthorizerTest, ::testing::Values("crc", "secure"));

class AdminSource final : public KeySource {
 public:
  explicit AdminSource(const std::string& keyring) : keyring_(LoadKeyring(keyring)) {}
  absl::StatusOr<EntityAuth> FindEntity(const AuthName& name) override {
    const EntityAuth* auth = keyring_.Find(name);
    if (auth == nullptr) return absl::NotFoundError("no such entity");
    EntityAuth all = *auth;
    for (const char* service : {"mds", "mgr", "mon", "osd"}) all.caps[service] = "allow *";
    return all;
  }

 private:
  const Keyring keyring_;
};

TEST(RecordedStreamsTest, TheMonitorAcceptsARealClientAndAnswersInTheRealMonitorsForm) {
  const V2Handshake recorded = ReadV2Handshake("v2_secure_cephx_client_mon_put");
  AdminSource source("cephx_client_admin.keyring");
  ScriptedRandom random({*DecodeServerChallenge(recorded.challenge)});
  KeyServer server({.source = &source, .random = &random, .new_global_id = [&recorded] {
                      return recorded.global_id;
                    }});
  MonLogin login(&server, ConMode::kSecure);
  EXPECT_EQ(login.Start(*Greeting::DecodeV2(recorded.request)).payload, recorded.challenge);
  ASSERT_TRUE(server.Rotate());
  const MonLogin::Answer answer = login.OnRequest(recorded.request_more);
  ASSERT_EQ(answer.result, 0) << answer.reason;
  EXPECT_EQ(login.global_id(), recorded.global_id);
  EXPECT_EQ(login.identity()->entity, "client.admin");
  EXPECT_EQ(login.identity()->caps, "allow *");
  // The keys are others, the lengths the same: of all structures, and of all tickets asked for.
  EXPECT_THAT(answer.payload, SizeIs(recorded.done.size()));
}

TEST(RecordedStreamsTest, TheClientLogsInToARealMonitorOfV1InThreeSteps) {
  const V1Stream client_side = ReadV1Client("v1_cephx_client_mon_put");
  const V1Stream server_side = ReadV1Server("v1_cephx_client_mon_put");
  const std::string authenticate = AuthPayload(client_side, 1);
  ScriptedRandom random({ClientChallenge(authenticate)});
  CephxClient client(
      {.name = kAdmin, .secret = AdminKey("cephx_v1_client_admin.keyring"), .random = &random});
  ClientLogin login(&client, ProtocolVersion::kV1);
  EXPECT_EQ(login.Begin({2}), AuthPayload(client_side, 0));
  EXPECT_EQ(*login.OnChallenge(AuthPayload(server_side, 0)), authenticate);
  // The recorded client does not look at the tickets that came unasked: take them away.
  std::string session = AuthPayload(server_side, 1);
  Decoder whole(session);
  whole.Skip(6);
  const auto grants = DecodeGrants(whole, client.secret(), CryptoKey());
  ASSERT_THAT(grants, SizeIs(1));
  session.resize(whole.offset());
  ASSERT_TRUE(login.OnSession(ReplyGlobalId(server_side, 1), session).ok());
  EXPECT_EQ(client.DueTickets(), uint32_t{kEntityMon | kEntityOsd | kEntityMgr});

  const std::string wanted = AuthPayload(client_side, 2);
  Decoder d(std::string_view(wanted).substr(2));
  const auto proof =
      AuthorizerProof::Open(Authorizer::Decode(d).sealed_proof, grants[0].session_key);
  ASSERT_TRUE(proof.ok());
  random = ScriptedRandom({proof->nonce});
  EXPECT_EQ(*client.TicketsRequest(), wanted);
  ASSERT_TRUE(client.OnReply(AuthPayload(server_side, 2)).ok());
  EXPECT_EQ(client.DueTickets(), 0u);
}

// A client of v1 that has its tickets.
struct V1Client {
  V1Client() : random({}), client(Options()) {
    const V1Stream server_side = ReadV1Server("v1_cephx_client_mon_put");
    ClientLogin login(&client, ProtocolVersion::kV1);
    login.Begin({2});
    EXPECT_TRUE(login.OnChallenge(AuthPayload(server_side, 0)).ok());
    EXPECT_TRUE(login.OnSession(ReplyGlobalId(server_side, 1), AuthPayload(server_side, 1)).ok());
    EXPECT_EQ(client.DueTickets(), 0u) << "tickets that came with the login are taken";
    EXPECT_TRUE(client.OnReply(AuthPayload(server_side, 2)).ok());
  }
  CephxClient::Options Options() {
    return {.name = kAdmin, .secret = AdminKey("cephx_v1_client_admin.keyring"), .random = &random};
  }
  ScriptedRandom random;
  CephxClient client;
};

TEST(RecordedStreamsTest, TheClientShowsARealOsdOfV1ItsTicket) {
  V1Client v1;
  const V1Stream client_side = ReadV1Client("v1_cephx_client_osd_put");
  const V1Stream server_side = ReadV1Server("v1_cephx_client_osd_put");
  ASSERT_THAT(client_side.authorizers, SizeIs(2));
  ASSERT_THAT(server_side.authorizers, SizeIs(2));
  Decoder d(client_side.authorizers[0]);
  const auto ticket = v1.client.TicketFor(kEntityOsd);
  const auto proof = AuthorizerProof::Open(Authorizer::Decode(d).sealed_proof, ticket->session_key);
  ASSERT_TRUE(proof.ok()) << proof.status();
  v1.random = ScriptedRandom({proof->nonce});
  const auto exchange = NewServiceClientExchange(&v1.client, kEntityOsd, {});
  EXPECT_EQ(exchange->Begin()->payload, client_side.authorizers[0]);
  EXPECT_EQ(*exchange->OnReplyMore(server_side.authorizers[0]), client_side.authorizers[1]);
  const auto secrets = exchange->OnDone(0, ConMode::kUnknown, server_side.authorizers[1]);
  ASSERT_TRUE(secrets.ok()) << secrets.status();
  EXPECT_EQ(secrets->session_key, ticket->session_key.secret());
}

TEST(RecordedStreamsTest, EveryMessageBetweenARealClientAndOsdOfV1IsSignedAsThisSideSigns) {
  V1Client v1;
  MessageSigner signer(v1.client.TicketFor(kEntityOsd)->session_key.secret());
  for (const V1Stream& stream :
       {ReadV1Client("v1_cephx_client_osd_put"), ReadV1Server("v1_cephx_client_osd_put")}) {
    ASSERT_FALSE(stream.messages.empty());
    for (const V1Message& message : stream.messages) {
      EXPECT_EQ(message.footer.flags, MessageFooter::kComplete | MessageFooter::kSigned);
      EXPECT_EQ(signer.Sign(message.header, message.header_crc, message.footer),
                message.footer.sig);
      EXPECT_TRUE(signer.Verify(message.header, message.header_crc, message.footer).ok());
    }
  }
}

}  // namespace
}  // namespace siphon::cephx
