// The accepting side's handshake (msgr-v2, sections 4 and 5).
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"
#include "base/mutation.h"
#include "msg/features.h"
#include "msg/protocol/v2/connection_fsm.h"

namespace siphon::v2 {

void ConnectionFsm::StartAccept(const EntityAddr& /*my_addr*/, const EntityAddr& peer_socket_addr) {
  peer_socket_addr_ = peer_socket_addr;
  peer_socket_addr_.set_type(EntityAddr::kMsgr2);
  Next(State::kStartAccept);
  SendBanner();
  Next(State::kBannerAccepting);
}

void ConnectionFsm::OnClientHello(const HelloFrame& frame) {
  peer_type_ = frame.entity_type;
  accept_terms_ = host_->TermsFor(peer_type_);
  Next(State::kAuthAccepting);
}

void ConnectionFsm::OnClientIdent(const ClientIdentFrame& frame) {
  if (frame.addrs.empty()) {
    return Fault(absl::InvalidArgumentError("the peer's CLIENT_IDENT has no address"));
  }
  if (!host_->IsMyAddr(frame.target)) {
    return Fault(absl::FailedPreconditionError(
        absl::StrCat("the peer means to reach ", frame.target.ToString(),
                     ", which is no address of this side: the wrong peer")));
  }
  const uint64_t required = accept_terms_.features_required | kFeatureMsgAddr2;
  if (const uint64_t missing = required & ~frame.features_supported; missing != 0) {
    // It may come again on this connection, but has no reason to.
    return Send(IdentMissingFeaturesFrame{.features = missing});
  }
  if (const uint64_t missing = frame.features_required & ~accept_terms_.features_supported;
      missing != 0) {
    return Fault(absl::FailedPreconditionError(
        absl::StrFormat("the peer requires features that this side lacks: 0x%x", missing)));
  }
  request_features_ = frame.features_supported & accept_terms_.features_supported;
  ConnectRequest request;
  request.peer_num = frame.gid;
  request.global_seq = frame.global_seq;
  request.client_cookie = frame.cookie;
  AskHost(std::move(request), frame.addrs);
}

void ConnectionFsm::OnSessionReconnect(const SessionReconnectFrame& frame) {
  if (frame.addrs.empty()) {
    return Fault(absl::InvalidArgumentError("the peer's SESSION_RECONNECT has no address"));
  }
  if (frame.msg_seq > kMaxCount || frame.connect_seq > kMaxCount) {
    return Fault(absl::InvalidArgumentError(
        absl::StrCat("the peer's SESSION_RECONNECT has connect_seq ", frame.connect_seq,
                     " and message ", frame.msg_seq, ", which no counts ever reach")));
  }
  request_msg_seq_ = frame.msg_seq;
  ConnectRequest request;
  request.reconnect = true;
  request.global_seq = frame.global_seq;
  request.connect_seq = frame.connect_seq;
  request.client_cookie = frame.client_cookie;
  request.server_cookie = frame.server_cookie;
  AskHost(std::move(request), frame.addrs);
}

void ConnectionFsm::AskHost(ConnectRequest request, EntityAddrVec addrs) {
  for (EntityAddr& addr : addrs.addrs()) {
    if (addr.is_blank_ip()) addr.set_ip_from(peer_socket_addr_);
  }
  request.version = ProtocolVersion::kV2;
  request.peer_type = peer_type_;
  request.peer_addrs = std::move(addrs);
  request.identity = identity_;
  request_ = request;
  // The host may decide within the call, which unblocks; or later.
  Block();
  host_->OnConnectRequest(request);
}

void ConnectionFsm::Refuse(const Refusal& refusal) {
  blocked_ = false;
  switch (refusal.kind) {
    case Refusal::Kind::kRetryGlobal:
      return Send(SessionRetryGlobalFrame{.global_seq = refusal.seq});
    case Refusal::Kind::kRetrySession:
      return Send(SessionRetryFrame{.connect_seq = refusal.seq});
    case Refusal::Kind::kResetSession:
      return Send(SessionResetFrame{.full = refusal.full_reset});
    case Refusal::Kind::kWait:
      return Send(WaitFrame{});
  }
}

void ConnectionFsm::Open(Session* session, bool /*peer_reset*/) {
  session_ = session;
  session->peer_global_seq = request_.global_seq;
  global_seq_ = host_->NextGlobalSeq(0);
  if (stopped_) return;
  if (request_.reconnect) {
    if (!Mutated(Mutant::kConnectSeqIsNotRaised)) session->connect_seq = request_.connect_seq;
    session->DiscardReceived(Mutated(Mutant::kReconnectTrustsTheWrongInSeq) ? session->in_seq()
                                                                            : request_msg_seq_);
    peer_num_ = known_peer_.num;
    features_ = known_peer_.features != 0 ? known_peer_.features : accept_terms_.features_supported;
    Send(SessionReconnectOkFrame{.msg_seq = session->in_seq() +
                                            (Mutated(Mutant::kSeqTellsOneTooMany) ? 1 : 0)});
  } else {
    session->client_cookie = request_.client_cookie;
    session->server_cookie = session->lossy() ? 0 : host_->RandomCookie();
    session->connect_seq = 0;
    session->RestartIncoming();
    peer_num_ = request_.peer_num;
    features_ = request_features_;
    Send(ServerIdentFrame{
        .addrs = host_->MyAddrs(),
        .gid = host_->MyName().num,
        .global_seq = global_seq_,
        .features_supported = accept_terms_.features_supported,
        .features_required = accept_terms_.features_required | kFeatureMsgAddr2,
        .flags = session->lossy() ? kIdentFlagLossy : 0,
        .cookie = session->server_cookie,
    });
  }
  blocked_ = false;
  ready_due_ = true;
}

}  // namespace siphon::v2
