// The accepting side's handshake (protocol sections 4 and 5).
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "base/mutation.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/secrets_equal.h"
#include "msg/features.h"
#include "msg/protocol/v1/connection_fsm.h"

namespace siphon::v1 {

void ConnectionFsm::StartAccept(const EntityAddr& my_addr, const EntityAddr& peer_socket_addr) {
  peer_socket_addr_ = peer_socket_addr;
  Enter(State::kAccepting);
  BufferList greeting;
  Encoder e(&greeting);
  e.Raw(kBanner);
  my_addr.EncodeLegacy(e);
  peer_socket_addr.EncodeLegacy(e);
  out_.Append(greeting);
  Next(State::kAcceptingWaitBannerAddr, kBanner.size() + kAddrSize);
}

void ConnectionFsm::OnBannerAndAddr(std::string_view bytes) {
  if (bytes.substr(0, kBanner.size()) != kBanner) {
    return Fault(absl::InvalidArgumentError("the peer does not speak msgr v1: no banner"));
  }
  Decoder d(bytes.substr(kBanner.size()));
  peer_addr_ = EntityAddr::Decode(d);
  if (!d.ok()) {
    return Fault(absl::InvalidArgumentError(
        absl::StrCat("the peer's address does not decode: ", d.status().message())));
  }
  if (peer_addr_.is_blank_ip()) peer_addr_.set_ip_from(peer_socket_addr_);
  peer_addr_.set_type(EntityAddr::kLegacy);
  Next(State::kAcceptingWaitConnectMsg, kConnectSize);
}

void ConnectionFsm::OnConnectMsg(std::string_view bytes) {
  connect_ = ConnectMsg::Decode(bytes);
  if (connect_.authorizer_len > kMaxAuthorizer) {
    return Fault(absl::InvalidArgumentError(
        absl::StrFormat("the peer announces an authorizer of %u bytes; %u is the limit",
                        connect_.authorizer_len, kMaxAuthorizer)));
  }
  Bulk(State::kAcceptingWaitConnectMsgAuth, connect_.authorizer_len);
}

void ConnectionFsm::OnConnectMsgAuth(std::string_view authorizer) {
  accept_terms_ = host_->TermsFor(connect_.host_type);
  authorizer_reply_.clear();
  if (connect_.protocol_version != accept_terms_.protocol_version) {
    return Answer(Tag::kBadProtocolVersion, 0);
  }
  if (connect_.authorizer_protocol == kAuthCephx) {
    accept_terms_.features_required |= accept_terms_.cephx_features_required;
  }
  if ((accept_terms_.features_required & ~connect_.features) != 0) {
    return Answer(Tag::kFeatures, 0);
  }
  if (!Authenticate(authorizer)) return;
  // The host may decide within the call, which unblocks; or later.
  Block();
  ConnectRequest request;
  request.version = ProtocolVersion::kV1;
  request.peer_type = connect_.host_type;
  request.peer_addrs = EntityAddrVec(peer_addr_);
  request.global_seq = connect_.global_seq;
  request.connect_seq = connect_.connect_seq;
  request.identity = identity_;
  host_->OnConnectRequest(request);
}

bool ConnectionFsm::Authenticate(std::string_view authorizer) {
  // Who tries again on this connection shows what was accepted already.
  if (identity_ != nullptr && SecretsEqual(authorizer, authorizer_)) {
    authorizer_reply_ = secrets_reply_;
    return true;
  }
  if (auth_server_ == nullptr || !challenged_) {
    auth_server_ = host_->NewAuthServerExchange(connect_.host_type);
    if (auth_server_ == nullptr) return true;
    if (!HasFeature(connect_.features, kFeatureCephxV2)) auth_server_->SkipChallenge();
  }
  using Kind = AuthServerExchange::Answer::Kind;
  AuthServerExchange::Answer answer =
      challenged_ ? auth_server_->OnRequestMore(authorizer)
                  : auth_server_->OnRequest(connect_.authorizer_protocol, {}, authorizer);
  challenged_ = answer.kind == Kind::kMore;
  switch (answer.kind) {
    case Kind::kDone:
      authorizer_ = std::string(authorizer);
      authorizer_reply_ = secrets_reply_ = std::move(answer.payload);
      secrets_ = std::move(answer.secrets);
      identity_ = std::move(answer.peer);
      return true;
    case Kind::kMore:
      authorizer_reply_ = std::move(answer.payload);
      Answer(Tag::kChallengeAuthorizer, 0);
      return false;
    case Kind::kBadMethod:
      host_->OnAuthRefused(answer.reason);
      Answer(Tag::kBadAuthorizer, 0);
      return false;
    case Kind::kFault:
      host_->OnAuthRefused(answer.reason);
      Fault(absl::PermissionDeniedError(absl::StrCat("authorizer refused: ", answer.reason)));
      return false;
  }
  return false;
}

void ConnectionFsm::SendReply(const ConnectReply& reply, std::string_view authorizer) {
  ConnectReply sent = reply;
  sent.protocol_version = accept_terms_.protocol_version;
  sent.authorizer_len = static_cast<uint32_t>(authorizer.size());
  sent.EncodeTo(out_.Hole(kConnectReplySize));
  out_.Copy(authorizer);
}

void ConnectionFsm::Refuse(const Refusal& refusal) {
  switch (refusal.kind) {
    case Refusal::Kind::kRetryGlobal:
      return Answer(Tag::kRetryGlobal, static_cast<uint32_t>(refusal.seq));
    case Refusal::Kind::kRetrySession:
      return Answer(Tag::kRetrySession, static_cast<uint32_t>(refusal.seq));
    case Refusal::Kind::kResetSession:
      return Answer(Tag::kResetSession, 0);
    case Refusal::Kind::kWait:
      return Answer(Tag::kWait, 0);
  }
}

void ConnectionFsm::Answer(Tag tag, uint32_t seq) {
  ConnectReply reply;
  reply.tag = tag;
  reply.features =
      (connect_.features & accept_terms_.features_supported) | accept_terms_.features_required;
  if (tag == Tag::kRetryGlobal) reply.global_seq = seq;
  if (tag == Tag::kRetrySession) reply.connect_seq = seq;
  reply.flags = accept_terms_.lossy ? kFlagLossy : 0;
  SendReply(reply, authorizer_reply_);
  blocked_ = false;
  Next(State::kAcceptingWaitConnectMsg, kConnectSize);
}

void ConnectionFsm::Open(Session* session, bool peer_reset) {
  session_ = session;
  session->connect_seq = connect_.connect_seq + (Mutated(Mutant::kConnectSeqIsNotRaised) ? 0 : 1);
  session->peer_global_seq = connect_.global_seq;
  features_ = connect_.features & accept_terms_.features_supported;
  BeginToSign();
  global_seq_ = host_->NextGlobalSeq(0);

  const bool exchange_seqs = (features_ & kFeatureReconnectSeq) != 0 && !peer_reset;
  ConnectReply reply;
  reply.tag = exchange_seqs ? Tag::kSeq : Tag::kReady;
  reply.features = accept_terms_.features_supported;
  reply.global_seq = static_cast<uint32_t>(global_seq_);
  reply.connect_seq = static_cast<uint32_t>(session->connect_seq);
  reply.flags = session->lossy() ? kFlagLossy : 0;
  if (!exchange_seqs) session->RestartIncoming();
  SendReply(reply, authorizer_reply_);
  blocked_ = false;
  if (exchange_seqs) {
    const uint64_t mine = session->in_seq();
    std::memcpy(out_.Hole(kSeqSize), &mine, sizeof(mine));
    return Next(State::kAcceptingWaitSeq, kSeqSize);
  }
  Next(State::kAcceptingReady, 0);
}

void ConnectionFsm::OnPeerSeq(std::string_view bytes) {
  uint64_t received;
  std::memcpy(&received, bytes.data(), sizeof(received));
  session_->DiscardReceived(received);
  Next(State::kAcceptingReady, 0);
}

void ConnectionFsm::AcceptReady() {
  Next(State::kOpen, 1);
  host_->OnReady();
}

}  // namespace siphon::v1
