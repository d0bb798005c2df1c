#include "msg/protocol/session/accept_decision_v2.h"

#include "base/mutation.h"

namespace siphon {
namespace {

using Action = AcceptActionV2;
using Phase = ExistingSessionV2::Phase;

AcceptDecisionV2 Decide(Action action, std::string_view rule, uint64_t seq = 0) {
  AcceptDecisionV2 d;
  d.action = action;
  d.seq = seq;
  d.rule = rule;
  return d;
}

AcceptDecisionV2 Reset(bool full, std::string_view rule) {
  AcceptDecisionV2 d = Decide(Action::kResetSession, rule);
  d.full_reset = full;
  return d;
}

bool IsStale(const AcceptRequestV2& request, const ExistingSessionV2& e) {
  return request.global_seq < e.peer_global_seq && !Mutated(Mutant::kStaleAttemptIsAccepted);
}

// A lossy client has no cookie, and no session that anybody could come back to.
bool SameCookie(const AcceptRequestV2& request, const ExistingSessionV2& e) {
  return request.client_cookie == e.client_cookie && e.client_cookie != 0;
}

// In a race of two that dial at once.
bool PeerWins(const AcceptRequestV2& request, const ExistingSessionV2& e) {
  return request.peer_addr_is_less != Mutated(Mutant::kRaceGoesToTheWrongSide) || e.server;
}

AcceptDecisionV2 DecideIdent(const AcceptRequestV2& request, const ExistingSessionV2& e) {
  if (e.replacing) return Decide(Action::kWait, "another connection is taking the session over");
  if (IsStale(request, e)) return Decide(Action::kDrop, "older than an attempt seen before");
  if (e.lossy) return Decide(Action::kReplaceLossy, "replaces a lossy session");
  const bool same_cookie = SameCookie(request, e);
  if (e.server_cookie != 0 && !same_cookie && !Mutated(Mutant::kCookieNotChecked)) {
    AcceptDecisionV2 d = Decide(Action::kAdoptNew, "the peer started afresh");
    d.reset_first = e.resetcheck;
    return d;
  }
  if (same_cookie) return Decide(Action::kAdoptNew, "the session was being established");
  if (e.phase != Phase::kConnecting) {
    return Decide(Action::kAdoptNew, "the peer does not know the session");
  }
  if (PeerWins(request, e)) {
    return Decide(Action::kAdoptNew, "race: the incoming connection wins");
  }
  return Decide(Action::kWait, "race: the outgoing connection wins");
}

AcceptDecisionV2 DecideReconnect(const AcceptRequestV2& request, const ExistingSessionV2& e) {
  if (e.replacing) {
    return Decide(Action::kRetryGlobal, "another connection is taking the session over",
                  e.peer_global_seq);
  }
  // This side alone was made disposable and kept nothing to replay: the peer has to hear of it.
  if (e.lossy) return Reset(true, "the session has become lossy");
  if (!SameCookie(request, e) && !Mutated(Mutant::kCookieNotChecked)) {
    return Reset(e.resetcheck, "the peer's session is another one");
  }
  if (e.server_cookie == 0) {
    AcceptDecisionV2 d = Reset(false, "the session was never established");
    d.drop_attempt = !IsStale(request, e);
    return d;
  }
  if (IsStale(request, e)) {
    return Decide(Action::kRetryGlobal, "older than an attempt seen before", e.peer_global_seq);
  }
  if (request.connect_seq < e.connect_seq) {
    return Decide(Action::kRetrySession, "connect_seq is behind", e.connect_seq);
  }
  if (request.connect_seq == e.connect_seq && !PeerWins(request, e)) {
    return Decide(Action::kWait, "race: the outgoing connection wins");
  }
  return Decide(Action::kAdoptReconnect, "reconnect");
}

}  // namespace

AcceptDecisionV2 DecideAcceptV2(const AcceptRequestV2& request, const ExistingSessionV2* existing) {
  if (existing == nullptr || (request.reconnect && existing->other_protocol)) {
    if (!request.reconnect || Mutated(Mutant::kServerResetsNobody)) {
      return Decide(Action::kNewSession, "new");
    }
    return Reset(true, "the peer's session is not known here");
  }
  if (request.reconnect) return DecideReconnect(request, *existing);
  if (existing->other_protocol) return Decide(Action::kReplace, "replaces a session of v1");
  return DecideIdent(request, *existing);
}

}  // namespace siphon
