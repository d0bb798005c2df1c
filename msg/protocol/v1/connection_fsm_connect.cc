// The dialling side's handshake (protocol section 4).
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "base/mutation.h"
#include "msg/auth/auth_methods.h"
#include "msg/protocol/v1/connection_fsm.h"

namespace siphon::v1 {

void ConnectionFsm::StartConnect(const ConnectTerms& terms, Session* session) {
  terms_ = terms;
  session_ = session;
  global_seq_ = host_->NextGlobalSeq(0);
  Next(State::kConnecting, 1);
}

void ConnectionFsm::OnConnected() {
  Enter(State::kConnectingRe);
  out_.Copy(kBanner);
  Next(State::kConnectingWaitBannerAndIdentify, kBanner.size() + 2 * kAddrSize);
}

void ConnectionFsm::OnBannerAndIdentify(std::string_view bytes) {
  if (bytes.substr(0, kBanner.size()) != kBanner) {
    return Fault(absl::InvalidArgumentError("the server does not speak msgr v1: no banner"));
  }
  Decoder d(bytes.substr(kBanner.size()));
  const EntityAddr server = EntityAddr::Decode(d);
  const EntityAddr me = EntityAddr::Decode(d);
  if (!d.ok()) {
    return Fault(absl::InvalidArgumentError(
        absl::StrCat("the server's addresses do not decode: ", d.status().message())));
  }
  if (absl::Status status = host_->OnServerIdentified(EntityAddrVec(server), -1); !status.ok()) {
    return Fault(std::move(status));
  }
  host_->OnSeenAs(me);
  peer_addr_ = server;
  BufferList addr;
  Encoder e(&addr);
  host_->MyAddrs().legacy().EncodeLegacy(e);
  out_.Append(addr);
  Next(State::kConnectingSendConnectMsg, 0);
}

void ConnectionFsm::SendConnect() {
  if (!std::exchange(auth_begun_, true)) {
    auth_client_ = host_->NewAuthClientExchange();
    if (auth_client_ != nullptr) {
      absl::StatusOr<AuthClientExchange::Request> request = auth_client_->Begin();
      if (!request.ok()) return Fault(request.status());
      auth_method_ = request->method;
      authorizer_ = std::move(request->payload);
    }
  }
  connect_ = ConnectMsg{
      .features = terms_.features_supported,
      .host_type = options_.self_type,
      .global_seq = static_cast<uint32_t>(global_seq_),
      .connect_seq = static_cast<uint32_t>(session_->connect_seq),
      .protocol_version = terms_.protocol_version,
      .authorizer_protocol = auth_method_,
      .authorizer_len = static_cast<uint32_t>(authorizer_.size()),
      .flags = session_->lossy() ? kFlagLossy : uint8_t{0},
  };
  connect_.EncodeTo(out_.Hole(kConnectSize));
  out_.Copy(authorizer_);
  Next(State::kConnectingWaitConnectReply, kConnectReplySize);
}

void ConnectionFsm::OnConnectReply(std::string_view bytes) {
  reply_ = ConnectReply::Decode(bytes);
  if (reply_.authorizer_len >= kMaxAuthorizer) {
    return Fault(absl::InvalidArgumentError(
        absl::StrFormat("the reply announces an authorizer of %u bytes; %u is the limit",
                        reply_.authorizer_len, kMaxAuthorizer)));
  }
  Bulk(State::kConnectingWaitConnectReplyAuth, reply_.authorizer_len);
}

void ConnectionFsm::OnConnectReplyAuth(std::string_view authorizer) {
  switch (reply_.tag) {
    case Tag::kFeatures:
      return Fault(absl::FailedPreconditionError(
          absl::StrFormat("the server requires features that this side lacks: 0x%x",
                          reply_.features & ~terms_.features_supported)));
    case Tag::kBadProtocolVersion:
      return Fault(absl::FailedPreconditionError(
          absl::StrFormat("the server speaks protocol version %u, this side %u",
                          reply_.protocol_version, terms_.protocol_version)));
    case Tag::kBadAuthorizer:
      return Fault(absl::PermissionDeniedError("the server refuses the authorizer"));
    case Tag::kChallengeAuthorizer:
      return OnChallenge(authorizer);
    case Tag::kResetSession:
      host_->OnSessionReset(/*full=*/true);
      return Next(State::kConnectingSendConnectMsg, 0);
    case Tag::kRetryGlobal:
      global_seq_ = host_->NextGlobalSeq(reply_.global_seq);
      return Next(State::kConnectingSendConnectMsg, 0);
    case Tag::kRetrySession:
      if (reply_.connect_seq <= session_->connect_seq) {
        return Fault(absl::InvalidArgumentError(
            absl::StrFormat("RETRY_SESSION with connect_seq %u, which is not above this side's %u",
                            reply_.connect_seq, session_->connect_seq)));
      }
      session_->connect_seq = reply_.connect_seq;
      return Next(State::kConnectingSendConnectMsg, 0);
    case Tag::kWait:
      told_to_wait_ = true;
      return Fault(absl::UnavailableError("the peer's own connection attempt wins"));
    case Tag::kSeq:
    case Tag::kReady:
      break;
    default:
      return Fault(absl::InvalidArgumentError(absl::StrFormat(
          "connect reply with tag %u, which is none", static_cast<unsigned>(reply_.tag))));
  }
  uint64_t required = terms_.features_required;
  if (auth_method_ == kAuthCephx) required |= terms_.cephx_features_required;
  const uint64_t missing = required & ~reply_.features;
  if (missing != 0) {
    return Fault(absl::FailedPreconditionError(
        absl::StrFormat("the server lacks features that this side requires: 0x%x", missing)));
  }
  if (reply_.connect_seq != session_->connect_seq + 1) {
    return Fault(absl::InvalidArgumentError(
        absl::StrFormat("the server opens with connect_seq %u, expected %u", reply_.connect_seq,
                        session_->connect_seq + 1)));
  }
  if (auth_client_ != nullptr) {
    // Has the server shown that it could read the authorizer?
    absl::StatusOr<AuthSecrets> secrets = auth_client_->OnDone(0, ConMode::kUnknown, authorizer);
    if (!secrets.ok()) return Fault(secrets.status());
    secrets_ = *std::move(secrets);
  }
  if (reply_.tag == Tag::kSeq) return Next(State::kConnectingWaitAckSeq, kSeqSize);
  Next(State::kConnectingReady, 0);
}

void ConnectionFsm::OnChallenge(std::string_view challenge) {
  if (auth_client_ == nullptr || std::exchange(challenged_, true)) {
    return Fault(absl::PermissionDeniedError(
        auth_client_ == nullptr ? "the server challenges an authorizer that was not shown"
                                : "the server challenges the authorizer twice"));
  }
  absl::StatusOr<std::string> answer = auth_client_->OnReplyMore(challenge);
  if (!answer.ok()) return Fault(answer.status());
  authorizer_ = *std::move(answer);
  Next(State::kConnectingSendConnectMsg, 0);
}

void ConnectionFsm::OnAckSeq(std::string_view bytes) {
  uint64_t received;
  std::memcpy(&received, bytes.data(), sizeof(received));
  session_->DiscardReceived(received);
  const uint64_t mine = session_->in_seq() + (Mutated(Mutant::kSeqTellsOneTooMany) ? 1 : 0);
  std::memcpy(out_.Hole(kSeqSize), &mine, sizeof(mine));
  Next(State::kConnectingReady, 0);
}

void ConnectionFsm::ConnectReady() {
  session_->peer_global_seq = reply_.global_seq;
  session_->set_lossy((reply_.flags & kFlagLossy) != 0);
  session_->connect_seq = reply_.connect_seq;
  features_ = reply_.features & connect_.features;
  BeginToSign();
  Next(State::kOpen, 1);
  host_->OnReady();
}

}  // namespace siphon::v1
