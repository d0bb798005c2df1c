// Each row of the acceptor's table.
#include "msg/protocol/session/accept_decision.h"

#include "gtest/gtest.h"

namespace siphon {
namespace {

using Phase = ExistingSession::Phase;

AcceptRequest Ask(uint32_t global_seq, uint32_t connect_seq, bool peer_addr_is_less = false) {
  return {global_seq, connect_seq, peer_addr_is_less};
}

ExistingSession Open(uint32_t connect_seq) {
  ExistingSession e;
  e.phase = Phase::kOpen;
  e.connect_seq = connect_seq;
  e.peer_global_seq = 5;
  return e;
}

TEST(AcceptDecisionTest, BeginsASessionWithAnUnknownPeer) {
  EXPECT_EQ(DecideAccept(Ask(1, 0), nullptr).action, AcceptAction::kNewSession);
}

TEST(AcceptDecisionTest, TellsAPeerWithAForgottenSessionToReset) {
  EXPECT_EQ(DecideAccept(Ask(1, 3), nullptr).action, AcceptAction::kResetSession);
}

TEST(AcceptDecisionTest, SendsAStaleAttemptBackWithTheNewestGlobalSeq) {
  const ExistingSession e = Open(1);
  const AcceptDecision d = DecideAccept(Ask(4, 2), &e);
  EXPECT_EQ(d.action, AcceptAction::kRetryGlobal);
  EXPECT_EQ(d.seq, 5u);
}

TEST(AcceptDecisionTest, ReplacesALossySession) {
  ExistingSession e = Open(1);
  e.lossy = true;
  EXPECT_EQ(DecideAccept(Ask(6, 0), &e).action, AcceptAction::kReplaceLossy);
}

TEST(AcceptDecisionTest, AdoptsAPeerThatStartedAfreshAndResetsIfThePolicyChecks) {
  ExistingSession e = Open(2);
  AcceptDecision d = DecideAccept(Ask(6, 0), &e);
  EXPECT_EQ(d.action, AcceptAction::kAdopt);
  EXPECT_TRUE(d.peer_reset);
  EXPECT_FALSE(d.reset_first);
  e.resetcheck = true;
  EXPECT_TRUE(DecideAccept(Ask(6, 0), &e).reset_first);
}

TEST(AcceptDecisionTest, AsksAPeerThatIsBehindToCatchUp) {
  const ExistingSession e = Open(4);
  const AcceptDecision d = DecideAccept(Ask(6, 2), &e);
  EXPECT_EQ(d.action, AcceptAction::kRetrySession);
  EXPECT_EQ(d.seq, 5u);
}

TEST(AcceptDecisionTest, AsksAPeerWithAnEqualNumberToGoBeyondTheOpenSession) {
  for (const Phase phase : {Phase::kOpen, Phase::kStandby}) {
    ExistingSession e = Open(2);
    e.phase = phase;
    const AcceptDecision d = DecideAccept(Ask(6, 2), &e);
    EXPECT_EQ(d.action, AcceptAction::kRetrySession);
    EXPECT_EQ(d.seq, 3u);
  }
}

TEST(AcceptDecisionTest, AdoptsWhenTheCheckedSessionNeverOpened) {
  ExistingSession e = Open(0);
  e.phase = Phase::kStandby;
  e.resetcheck = true;
  EXPECT_EQ(DecideAccept(Ask(6, 0), &e).action, AcceptAction::kAdopt);
}

TEST(AcceptDecisionTest, InARaceTheSmallerAddressAccepts) {
  ExistingSession e = Open(0);
  e.phase = Phase::kConnecting;
  EXPECT_EQ(DecideAccept(Ask(6, 0, true), &e).action, AcceptAction::kAdopt);
  EXPECT_EQ(DecideAccept(Ask(6, 0, false), &e).action, AcceptAction::kWait);
}

TEST(AcceptDecisionTest, AServerNeverWinsARaceWithItsOwnAttempt) {
  ExistingSession e = Open(0);
  e.phase = Phase::kConnecting;
  e.server = true;
  EXPECT_EQ(DecideAccept(Ask(6, 0, false), &e).action, AcceptAction::kAdopt);
}

TEST(AcceptDecisionTest, AdoptsAReconnect) {
  const ExistingSession e = Open(2);
  const AcceptDecision d = DecideAccept(Ask(6, 3), &e);
  EXPECT_EQ(d.action, AcceptAction::kAdopt);
  EXPECT_FALSE(d.peer_reset);
}

TEST(AcceptDecisionTest, TellsAReconnectToResetWhenTheCheckedSessionNeverOpened) {
  ExistingSession e = Open(0);
  e.resetcheck = true;
  EXPECT_EQ(DecideAccept(Ask(6, 3), &e).action, AcceptAction::kResetSession);
}

}  // namespace
}  // namespace siphon
