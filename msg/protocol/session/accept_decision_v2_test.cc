// Each row of the two tables.
#include "msg/protocol/session/accept_decision_v2.h"

#include "gtest/gtest.h"

namespace siphon {
namespace {

using Action = AcceptActionV2;
using Phase = ExistingSessionV2::Phase;

constexpr uint64_t kClientCookie = 0x1111;
constexpr uint64_t kServerCookie = 0x2222;

AcceptRequestV2 Ident(uint64_t cookie, uint64_t global_seq = 11, bool peer_addr_is_less = false) {
  return {.reconnect = false,
          .client_cookie = cookie,
          .global_seq = global_seq,
          .connect_seq = 0,
          .peer_addr_is_less = peer_addr_is_less};
}

AcceptRequestV2 Reconnect(uint64_t connect_seq, uint64_t global_seq = 11,
                          bool peer_addr_is_less = false) {
  return {.reconnect = true,
          .client_cookie = kClientCookie,
          .global_seq = global_seq,
          .connect_seq = connect_seq,
          .peer_addr_is_less = peer_addr_is_less};
}

// Established with kClientCookie by the peer's attempt 10.
ExistingSessionV2 Established(uint64_t connect_seq = 0) {
  ExistingSessionV2 e;
  e.client_cookie = kClientCookie;
  e.server_cookie = kServerCookie;
  e.connect_seq = connect_seq;
  e.peer_global_seq = 10;
  return e;
}

// This side dials, and has stated a cookie of its own.
ExistingSessionV2 Dialling() {
  ExistingSessionV2 e;
  e.phase = Phase::kConnecting;
  e.client_cookie = 0x9999;
  return e;
}

TEST(AcceptDecisionV2Test, BeginsASessionWithAnUnknownPeer) {
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie), nullptr).action, Action::kNewSession);
}

TEST(AcceptDecisionV2Test, ReplacesASessionOfV1) {
  ExistingSessionV2 e = Established();
  e.other_protocol = true;
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie), &e).action, Action::kReplace);
}

TEST(AcceptDecisionV2Test, LetsAnIdentWaitWhileAnotherConnectionTakesOver) {
  ExistingSessionV2 e = Established();
  e.replacing = true;
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie), &e).action, Action::kWait);
}

TEST(AcceptDecisionV2Test, DropsAnIdentThatIsOlderThanAnAttemptSeen) {
  const ExistingSessionV2 e = Established();
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie, 9), &e).action, Action::kDrop);
  EXPECT_NE(DecideAcceptV2(Ident(kClientCookie, 10), &e).action, Action::kDrop);
}

// This side took a lossy client for a lossless session: the next one is another, with a cookie or
// without.
TEST(AcceptDecisionV2Test, AClientWithoutACookieNeverComesBackToItsSession) {
  ExistingSessionV2 e = Established();
  e.client_cookie = 0;
  e.resetcheck = true;
  for (uint64_t cookie : {uint64_t{0}, kClientCookie}) {
    const AcceptDecisionV2 d = DecideAcceptV2(Ident(cookie), &e);
    EXPECT_EQ(d.action, Action::kAdoptNew);
    EXPECT_TRUE(d.reset_first) << d.rule;
  }
  ExistingSessionV2 dialling = Dialling();
  dialling.client_cookie = 0;
  EXPECT_EQ(DecideAcceptV2(Ident(0), &dialling).action, Action::kWait) << "a race of two sessions";
}

TEST(AcceptDecisionV2Test, ReplacesALossySession) {
  ExistingSessionV2 e = Established();
  e.lossy = true;
  EXPECT_EQ(DecideAcceptV2(Ident(0), &e).action, Action::kReplaceLossy);
}

TEST(AcceptDecisionV2Test, AdoptsAPeerThatStartedAfreshAndResetsIfThePolicyChecks) {
  ExistingSessionV2 e = Established();
  AcceptDecisionV2 d = DecideAcceptV2(Ident(0x3333), &e);
  EXPECT_EQ(d.action, Action::kAdoptNew);
  EXPECT_FALSE(d.reset_first);
  e.resetcheck = true;
  EXPECT_TRUE(DecideAcceptV2(Ident(0x3333), &e).reset_first);
}

TEST(AcceptDecisionV2Test, AdoptsTheSameCookieWithoutAReset) {
  ExistingSessionV2 e = Established();
  e.resetcheck = true;
  AcceptDecisionV2 d = DecideAcceptV2(Ident(kClientCookie), &e);
  EXPECT_EQ(d.action, Action::kAdoptNew);
  EXPECT_FALSE(d.reset_first);
  // Also while this side is between two tries.
  e.phase = Phase::kConnecting;
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie), &e).action, Action::kAdoptNew);
}

TEST(AcceptDecisionV2Test, AdoptsWhenNothingIsUnderWayHere) {
  for (const Phase phase : {Phase::kOpen, Phase::kStandby}) {
    ExistingSessionV2 e = Dialling();
    e.phase = phase;
    EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie), &e).action, Action::kAdoptNew);
  }
}

TEST(AcceptDecisionV2Test, InARaceOfIdentsTheSmallerAddressDials) {
  ExistingSessionV2 e = Dialling();
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie, 11, true), &e).action, Action::kAdoptNew);
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie, 11, false), &e).action, Action::kWait);
  e.server = true;
  EXPECT_EQ(DecideAcceptV2(Ident(kClientCookie, 11, false), &e).action, Action::kAdoptNew);
}

TEST(AcceptDecisionV2Test, ResetsAPeerWhoseSessionIsNotKnown) {
  AcceptDecisionV2 d = DecideAcceptV2(Reconnect(1), nullptr);
  EXPECT_EQ(d.action, Action::kResetSession);
  EXPECT_TRUE(d.full_reset);
  ExistingSessionV2 e = Established();
  e.other_protocol = true;
  EXPECT_TRUE(DecideAcceptV2(Reconnect(1), &e).full_reset) << "v1 has no session to go on with";
}

TEST(AcceptDecisionV2Test, SendsAReconnectAwayWhileAnotherConnectionTakesOver) {
  ExistingSessionV2 e = Established();
  e.replacing = true;
  const AcceptDecisionV2 d = DecideAcceptV2(Reconnect(1), &e);
  EXPECT_EQ(d.action, Action::kRetryGlobal);
  EXPECT_EQ(d.seq, 10u);
}

TEST(AcceptDecisionV2Test, ResetsAForeignCookieFullyOnlyIfThePolicyChecks) {
  ExistingSessionV2 e = Established();
  e.client_cookie = 0x7777;
  AcceptDecisionV2 d = DecideAcceptV2(Reconnect(1), &e);
  EXPECT_EQ(d.action, Action::kResetSession);
  EXPECT_FALSE(d.full_reset);
  e.resetcheck = true;
  EXPECT_TRUE(DecideAcceptV2(Reconnect(1), &e).full_reset);
}

TEST(AcceptDecisionV2Test, ResetsAPeerThatComesBackToASessionWithoutACookie) {
  ExistingSessionV2 e = Dialling();
  e.client_cookie = 0;
  e.resetcheck = true;
  AcceptRequestV2 request = Reconnect(1);
  request.client_cookie = 0;
  const AcceptDecisionV2 d = DecideAcceptV2(request, &e);
  EXPECT_EQ(d.action, Action::kResetSession);
  EXPECT_TRUE(d.full_reset) << "what it keeps was for another session";
}

TEST(AcceptDecisionV2Test, AsksForANewIdentWhenTheSessionWasNeverEstablished) {
  ExistingSessionV2 e = Established();
  e.server_cookie = 0;
  e.resetcheck = true;
  const AcceptDecisionV2 d = DecideAcceptV2(Reconnect(1), &e);
  EXPECT_EQ(d.action, Action::kResetSession);
  EXPECT_FALSE(d.full_reset);
  EXPECT_TRUE(d.drop_attempt) << "the peer has left it";
}

TEST(AcceptDecisionV2Test, SendsAStaleReconnectBackWithTheNewestGlobalSeq) {
  const ExistingSessionV2 e = Established();
  const AcceptDecisionV2 d = DecideAcceptV2(Reconnect(1, 3), &e);
  EXPECT_EQ(d.action, Action::kRetryGlobal);
  EXPECT_EQ(d.seq, 10u);
}

TEST(AcceptDecisionV2Test, AsksAReconnectThatIsBehindToCatchUp) {
  const ExistingSessionV2 e = Established(4);
  const AcceptDecisionV2 d = DecideAcceptV2(Reconnect(3), &e);
  EXPECT_EQ(d.action, Action::kRetrySession);
  EXPECT_EQ(d.seq, 4u);
}

TEST(AcceptDecisionV2Test, InARaceOfReconnectsTheSmallerAddressDials) {
  ExistingSessionV2 e = Established(1);
  EXPECT_EQ(DecideAcceptV2(Reconnect(1, 12, true), &e).action, Action::kAdoptReconnect);
  EXPECT_EQ(DecideAcceptV2(Reconnect(1, 12, false), &e).action, Action::kWait);
  e.server = true;
  EXPECT_EQ(DecideAcceptV2(Reconnect(1, 12, false), &e).action, Action::kAdoptReconnect);
}

TEST(AcceptDecisionV2Test, GoesOnWithTheSessionOfAPeerThatIsAhead) {
  const ExistingSessionV2 e = Established(1);
  EXPECT_EQ(DecideAcceptV2(Reconnect(2), &e).action, Action::kAdoptReconnect);
}

TEST(AcceptDecisionV2Test, EveryDecisionNamesItsRow) {
  ExistingSessionV2 e = Established(1);
  const ExistingSessionV2 dialling = Dialling();
  for (const AcceptRequestV2& request : {Ident(1), Ident(kClientCookie), Reconnect(0), Reconnect(2),
                                         Reconnect(1, 3), Ident(kClientCookie, 1)}) {
    EXPECT_FALSE(DecideAcceptV2(request, nullptr).rule.empty());
    EXPECT_FALSE(DecideAcceptV2(request, &e).rule.empty());
    EXPECT_FALSE(DecideAcceptV2(request, &dialling).rule.empty());
  }
}

TEST(AcceptDecisionV2Test, ResetsAPeerThatReconnectsToASessionThatHasBecomeLossy) {
  ExistingSessionV2 e = Established(1);
  e.lossy = true;
  const AcceptDecisionV2 d = DecideAcceptV2(Reconnect(2), &e);
  EXPECT_EQ(d.action, Action::kResetSession);
  EXPECT_TRUE(d.full_reset);
}

}  // namespace
}  // namespace siphon
