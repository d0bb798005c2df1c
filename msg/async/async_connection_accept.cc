// How an AsyncConnection takes over connections that its peer made.
#include <memory>
#include <string>
#include <utility>

#include "glog/logging.h"
#include "msg/async/async_connection.h"
#include "msg/async/async_messenger.h"
#include "msg/async/incoming_link.h"
#include "msg/protocol/session/accept_decision.h"
#include "msg/protocol/session/accept_decision_v2.h"

namespace siphon {

void AsyncConnection::Begin(std::unique_ptr<Link> link) {
  if (phase_ == Phase::kClosed) return Link::Discard(std::move(link));
  Adopt(std::move(link), /*peer_reset=*/false, /*reset_first=*/false);
}

void AsyncConnection::Adopt(std::unique_ptr<Link> link, bool peer_reset, bool reset_first) {
  center()->DeleteTimeEvent(std::exchange(backoff_timer_, 0));
  DropLink();
  if (reset_first) ResetSession();
  session_.Requeue();
  backoff_ = absl::ZeroDuration();
  link->Attach(worker_, this);
  StartLink(std::move(link));
  SetPhase(Phase::kAccepting, "");
  connected_.store(true, std::memory_order_release);
  TellKnownPeer();
  link_->machine().Open(&session_, peer_reset);
  if (link_) link_->ResumeReading();
}

void AsyncConnection::Judge(const std::shared_ptr<IncomingLink>& incoming) {
  if (phase_ == Phase::kClosed || closed()) return incoming->Decide();
  if (version_ == ProtocolVersion::kV2) return JudgeV2(incoming);
  const ConnectRequest& request = incoming->request();
  ExistingSession existing;
  existing.phase = phase_ == Phase::kOpen || phase_ == Phase::kAccepting
                       ? ExistingSession::Phase::kOpen
                   : phase_ == Phase::kStandby ? ExistingSession::Phase::kStandby
                                               : ExistingSession::Phase::kConnecting;
  existing.lossy = session_.lossy();
  existing.server = session_.policy().server;
  existing.resetcheck = session_.policy().resetcheck;
  existing.connect_seq = session_.connect_seq;
  existing.peer_global_seq = session_.peer_global_seq;
  AcceptRequest asked;
  asked.global_seq = request.global_seq;
  asked.connect_seq = request.connect_seq;
  asked.peer_addr_is_less = incoming->peer_key() < owner()->MyAddr(version_);
  Answer(incoming, DecideAccept(asked, &existing));
}

void AsyncConnection::Answer(const std::shared_ptr<IncomingLink>& incoming,
                             const AcceptDecision& decision) {
  VLOG(2) << owner()->name() << ": " << PeerText() << " connects again: " << decision.rule;
  using Kind = Refusal::Kind;
  switch (decision.action) {
    case AcceptAction::kRetryGlobal:
      return incoming->Refuse({.kind = Kind::kRetryGlobal, .seq = decision.seq});
    case AcceptAction::kRetrySession:
      return incoming->Refuse({.kind = Kind::kRetrySession, .seq = decision.seq});
    case AcceptAction::kResetSession:
      return incoming->Refuse({.kind = Kind::kResetSession});
    case AcceptAction::kWait:
      // Makes sure that this side's attempt is carried through even with nothing to send.
      keepalive_due_ = true;
      return incoming->Refuse({.kind = Kind::kWait});
    case AcceptAction::kReplaceLossy:
      Close(Tell::kReset);
      // Not always a new session: a peer that believes in the old one (this side alone was made
      // disposable) has to hear that it is gone.
      return incoming->Decide();
    case AcceptAction::kAdopt:
      Record("replaced", decision.rule);
      return Adopt(incoming->Release(), decision.peer_reset, decision.reset_first);
    case AcceptAction::kNewSession:
      return;  // not with an existing session
  }
}

void AsyncConnection::JudgeV2(const std::shared_ptr<IncomingLink>& incoming) {
  using Phase2 = ExistingSessionV2::Phase;
  const ConnectRequest& request = incoming->request();
  ExistingSessionV2 existing;
  existing.phase = phase_ == Phase::kOpen || phase_ == Phase::kAccepting ? Phase2::kOpen
                   : phase_ == Phase::kStandby                           ? Phase2::kStandby
                                                                         : Phase2::kConnecting;
  existing.replacing = phase_ == Phase::kAccepting;
  existing.lossy = session_.lossy();
  existing.server = session_.policy().server;
  existing.resetcheck = session_.policy().resetcheck;
  existing.client_cookie = session_.client_cookie;
  existing.server_cookie = session_.server_cookie;
  existing.connect_seq = session_.connect_seq;
  existing.peer_global_seq = session_.peer_global_seq;
  AcceptRequestV2 asked;
  asked.reconnect = request.reconnect;
  asked.client_cookie = request.client_cookie;
  asked.global_seq = request.global_seq;
  asked.connect_seq = request.connect_seq;
  asked.peer_addr_is_less = incoming->peer_key() < owner()->MyAddr(version_);
  Answer(incoming, DecideAcceptV2(asked, &existing));
}

void AsyncConnection::Answer(const std::shared_ptr<IncomingLink>& incoming,
                             const AcceptDecisionV2& decision) {
  VLOG(2) << owner()->name() << ": " << PeerText() << " connects again: " << decision.rule;
  using Kind = Refusal::Kind;
  switch (decision.action) {
    case AcceptActionV2::kRetryGlobal:
      return incoming->Refuse({.kind = Kind::kRetryGlobal, .seq = decision.seq});
    case AcceptActionV2::kRetrySession:
      return incoming->Refuse({.kind = Kind::kRetrySession, .seq = decision.seq});
    case AcceptActionV2::kResetSession:
      incoming->Refuse({.kind = Kind::kResetSession, .full_reset = decision.full_reset});
      if (decision.drop_attempt && link_) {
        link_->Close();
        OnLinkFault(absl::AbortedError("the peer has left this attempt and makes its own"));
      }
      return;
    case AcceptActionV2::kWait:
      // Makes sure that this side's attempt is carried through even with nothing to send.
      keepalive_due_ = true;
      return incoming->Refuse({.kind = Kind::kWait});
    case AcceptActionV2::kDrop:
      return incoming->Drop(absl::UnavailableError(std::string(decision.rule)));
    case AcceptActionV2::kReplace:
    case AcceptActionV2::kReplaceLossy:
      Close(decision.action == AcceptActionV2::kReplace ? Tell::kNothing : Tell::kReset);
      return incoming->Decide();
    case AcceptActionV2::kAdoptNew:
    case AcceptActionV2::kAdoptReconnect:
      Record("replaced", decision.rule);
      return Adopt(incoming->Release(), /*peer_reset=*/false, decision.reset_first);
    case AcceptActionV2::kNewSession:
      return;  // not with an existing session
  }
}

}  // namespace siphon
