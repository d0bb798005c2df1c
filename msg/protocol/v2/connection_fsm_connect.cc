// The dialling side's handshake (msgr-v2, sections 4 and 5).
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"
#include "base/mutation.h"
#include "msg/features.h"
#include "msg/protocol/v2/connection_fsm.h"

namespace siphon::v2 {
namespace {

absl::Status NoSuchCount(std::string_view what, uint64_t count) {
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(what), " ", count, ", which no count ever reaches"));
}

}  // namespace

void ConnectionFsm::StartConnect(const ConnectTerms& terms, Session* session) {
  terms_ = terms;
  session_ = session;
  peer_socket_addr_ = terms.target;
  global_seq_ = host_->NextGlobalSeq(0);
  Next(State::kStartConnect);
}

void ConnectionFsm::OnConnected() {
  SendBanner();
  Next(State::kBannerConnecting);
}

void ConnectionFsm::OnServerHello(const HelloFrame& frame) {
  peer_type_ = frame.entity_type;
  if (terms_.peer_type != kEntityNone && terms_.peer_type != frame.entity_type) {
    return Fault(absl::FailedPreconditionError(absl::StrCat(
        "the server says that it is of type ", AbslView(EntityTypeName(frame.entity_type)),
        ", expected was ", AbslView(EntityTypeName(terms_.peer_type)))));
  }
  host_->OnSeenAs(frame.peer_addr);
  BeginAuth();
}

void ConnectionFsm::StartSession() {
  if (session_->server_cookie == 0) return SendClientIdent();
  SendReconnect();
}

void ConnectionFsm::SendClientIdent() {
  if (!session_->lossy() && session_->client_cookie == 0) {
    session_->client_cookie = host_->RandomCookie();
  }
  Send(ClientIdentFrame{
      .addrs = host_->MyAddrs(),
      .target = terms_.target,
      .gid = host_->MyName().num,
      .global_seq = global_seq_,
      .features_supported = terms_.features_supported,
      .features_required = terms_.features_required | kFeatureMsgAddr2,
      .flags = session_->lossy() ? kIdentFlagLossy : 0,
      .cookie = session_->lossy() ? 0 : session_->client_cookie,
  });
  Next(State::kSessionConnecting);
}

void ConnectionFsm::SendReconnect() {
  Send(SessionReconnectFrame{
      .addrs = host_->MyAddrs(),
      .client_cookie = session_->client_cookie,
      .server_cookie = session_->server_cookie,
      .global_seq = global_seq_,
      .connect_seq = session_->connect_seq,
      .msg_seq = session_->in_seq() + (Mutated(Mutant::kSeqTellsOneTooMany) ? 1 : 0),
  });
  Next(State::kSessionReconnecting);
}

void ConnectionFsm::OnServerIdent(const ServerIdentFrame& frame) {
  if (absl::Status status = host_->OnServerIdentified(frame.addrs, frame.gid); !status.ok()) {
    return Fault(std::move(status));
  }
  const uint64_t missing =
      (terms_.features_required | kFeatureMsgAddr2) & ~frame.features_supported;
  if (missing != 0) {
    return Fault(absl::FailedPreconditionError(
        absl::StrFormat("the server lacks features that this side requires: 0x%x", missing)));
  }
  session_->server_cookie = frame.cookie;
  session_->peer_global_seq = frame.global_seq;
  session_->set_lossy((frame.flags & kIdentFlagLossy) != 0);
  session_->connect_seq = 0;
  // The server counts anew.
  session_->RestartIncoming();
  peer_num_ = frame.gid;
  features_ = frame.features_supported & terms_.features_supported;
  BecomeReady();
}

void ConnectionFsm::OnIdentMissingFeatures(const IdentMissingFeaturesFrame& frame) {
  Fault(absl::FailedPreconditionError(
      absl::StrFormat("the server requires features that this side lacks: 0x%x", frame.features)));
}

void ConnectionFsm::OnReconnectOk(const SessionReconnectOkFrame& frame) {
  if (frame.msg_seq > kMaxCount) {
    return Fault(NoSuchCount("SESSION_RECONNECT_OK with message", frame.msg_seq));
  }
  session_->DiscardReceived(Mutated(Mutant::kReconnectTrustsTheWrongInSeq) ? session_->in_seq()
                                                                           : frame.msg_seq);
  peer_num_ = known_peer_.num;
  features_ = known_peer_.features != 0 ? known_peer_.features : terms_.features_supported;
  BecomeReady();
}

void ConnectionFsm::OnSessionReset(const SessionResetFrame& frame) {
  host_->OnSessionReset(frame.full);
  if (stopped_) return;
  if (frame.full) session_->client_cookie = 0;
  session_->server_cookie = 0;
  SendClientIdent();
}

void ConnectionFsm::OnSessionRetry(const SessionRetryFrame& frame) {
  if (frame.connect_seq < session_->connect_seq) {
    return Fault(absl::InvalidArgumentError(
        absl::StrCat("SESSION_RETRY with connect_seq ", frame.connect_seq,
                     ", which is below this side's ", session_->connect_seq)));
  }
  if (frame.connect_seq > kMaxCount) {
    return Fault(NoSuchCount("SESSION_RETRY with connect_seq", frame.connect_seq));
  }
  session_->connect_seq =
      frame.connect_seq + (Mutated(Mutant::kRetrySessionWithTheSameNumber) ? 0 : 1);
  SendReconnect();
}

void ConnectionFsm::OnSessionRetryGlobal(const SessionRetryGlobalFrame& frame) {
  if (frame.global_seq > kMaxCount) {
    return Fault(NoSuchCount("SESSION_RETRY_GLOBAL with global_seq", frame.global_seq));
  }
  global_seq_ = host_->NextGlobalSeq(frame.global_seq);
  if (stopped_) return;
  SendReconnect();
}

void ConnectionFsm::OnWait(const WaitFrame&) {
  told_to_wait_ = true;
  Next(State::kWait);
  Fault(absl::UnavailableError("the peer's own connection attempt wins"));
}

}  // namespace siphon::v2
