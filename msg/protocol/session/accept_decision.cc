#include "msg/protocol/session/accept_decision.h"

#include "base/mutation.h"

namespace siphon {
namespace {

AcceptDecision Decide(AcceptAction action, std::string_view rule, uint32_t seq = 0) {
  return {.action = action, .seq = seq, .peer_reset = false, .reset_first = false, .rule = rule};
}

}  // namespace

AcceptDecision DecideAccept(const AcceptRequest& request, const ExistingSession* existing) {
  using Phase = ExistingSession::Phase;
  if (existing == nullptr) {
    if (request.connect_seq > 0 && !Mutated(Mutant::kServerResetsNobody)) {
      return Decide(AcceptAction::kResetSession, "the peer's session is not known here");
    }
    return Decide(AcceptAction::kNewSession, "new");
  }
  const ExistingSession& e = *existing;
  if (request.global_seq < e.peer_global_seq && !Mutated(Mutant::kStaleAttemptIsAccepted)) {
    return Decide(AcceptAction::kRetryGlobal, "older than an attempt seen before",
                  e.peer_global_seq);
  }
  if (e.lossy) return Decide(AcceptAction::kReplaceLossy, "replaces a lossy session");

  if (request.connect_seq == 0 && e.connect_seq > 0) {
    AcceptDecision d = Decide(AcceptAction::kAdopt, "the peer started afresh");
    d.peer_reset = true;
    d.reset_first = e.resetcheck;
    return d;
  }
  if (request.connect_seq < e.connect_seq) {
    return Decide(AcceptAction::kRetrySession, "connect_seq is behind", e.connect_seq + 1);
  }
  if (request.connect_seq == e.connect_seq) {
    if (e.phase == Phase::kOpen || e.phase == Phase::kStandby) {
      if (e.resetcheck && e.connect_seq == 0) {
        return Decide(AcceptAction::kAdopt, "the session never opened");
      }
      return Decide(AcceptAction::kRetrySession, "connect_seq is that of the open session",
                    e.connect_seq + (Mutated(Mutant::kRetrySessionWithTheSameNumber) ? 0 : 1));
    }
    if (request.peer_addr_is_less != Mutated(Mutant::kRaceGoesToTheWrongSide) || e.server) {
      return Decide(AcceptAction::kAdopt, "race: the incoming connection wins");
    }
    return Decide(AcceptAction::kWait, "race: the outgoing connection wins");
  }
  if (e.resetcheck && e.connect_seq == 0) {
    return Decide(AcceptAction::kResetSession, "the peer's session is older than ours");
  }
  return Decide(AcceptAction::kAdopt, "reconnect");
}

}  // namespace siphon
