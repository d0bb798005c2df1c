// Authentication: the AUTH frames of both sides, signatures, and the switch to secure frames
// (msgr-v2, section 4).
#include <openssl/crypto.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/auth_none.h"
#include "msg/entity_name.h"
#include "msg/protocol/v2/connection_fsm.h"

namespace siphon::v2 {
namespace {

// Method none, in the name of `me`.
std::unique_ptr<AuthClientExchange> NoneExchange(const EntityName& me, EntityType peer_type) {
  AuthNoneClient none(me.type, me.num < 0 ? std::string() : std::to_string(me.num));
  if (me.type == kEntityClient && me.num > 0) none.set_global_id(static_cast<uint64_t>(me.num));
  return none.NewExchange(peer_type, ProtocolVersion::kV2);
}

void Wipe(std::string* secret) {
  OPENSSL_cleanse(secret->data(), secret->size());
  secret->clear();
}

}  // namespace

// --- The dialling side.

void ConnectionFsm::BeginAuth() {
  auth_client_ = host_->NewAuthClientExchange();
  if (auth_client_ == nullptr) auth_client_ = NoneExchange(host_->MyName(), peer_type_);
  SendAuthRequest(auth_client_->Begin());
}

void ConnectionFsm::SendAuthRequest(const absl::StatusOr<AuthClientExchange::Request>& request) {
  if (!request.ok()) return Fault(request.status());
  offered_modes_ = request->modes;
  Send(AuthRequestFrame{
      .method = request->method, .preferred_modes = request->modes, .payload = request->payload});
  Next(State::kAuthConnecting);
}

void ConnectionFsm::OnAuthBadMethod(const AuthBadMethodFrame& frame) {
  SendAuthRequest(auth_client_->OnBadMethod({.method = frame.method,
                                             .result = frame.result,
                                             .allowed_methods = frame.allowed_methods,
                                             .allowed_modes = frame.allowed_modes}));
}

void ConnectionFsm::OnAuthReplyMore(const AuthReplyMoreFrame& frame) {
  absl::StatusOr<std::string> answer = auth_client_->OnReplyMore(frame.payload);
  if (!answer.ok()) return Fault(answer.status());
  Send(AuthRequestMoreFrame{.payload = *std::move(answer)});
}

void ConnectionFsm::OnAuthDone(const AuthDoneFrame& frame) {
  if (std::find(offered_modes_.begin(), offered_modes_.end(), frame.con_mode) ==
      offered_modes_.end()) {
    return Fault(absl::PermissionDeniedError(absl::StrCat(
        "the server chose connection mode ", frame.con_mode,
        " (1 crc, 2 secure), which was not offered: somebody tampers with the handshake")));
  }
  const ConMode mode = static_cast<ConMode>(frame.con_mode);
  absl::StatusOr<AuthSecrets> secrets = auth_client_->OnDone(frame.global_id, mode, frame.payload);
  if (!secrets.ok()) return Fault(secrets.status());
  secrets_ = *std::move(secrets);
  SecureAndSign(mode, State::kAuthConnectingSign);
}

// --- The accepting side.

void ConnectionFsm::OnAuthRequest(const AuthRequestFrame& frame) {
  // Whoever was refused begins anew.
  auth_server_ = host_->NewAuthServerExchange(peer_type_);
  if (auth_server_ == nullptr) {
    AuthNoneServer none(AuthNoneServer::Requirement::kOptional);
    auth_server_ = none.NewExchange(peer_type_, ProtocolVersion::kV2);
  }
  AnswerAuth(auth_server_->OnRequest(frame.method, frame.preferred_modes, frame.payload),
             frame.method);
}

void ConnectionFsm::OnAuthRequestMore(const AuthRequestMoreFrame& frame) {
  AnswerAuth(auth_server_->OnRequestMore(frame.payload), kAuthUnknown);
}

void ConnectionFsm::AnswerAuth(AuthServerExchange::Answer answer, uint32_t method) {
  using Kind = AuthServerExchange::Answer::Kind;
  switch (answer.kind) {
    case Kind::kMore:
      Send(AuthReplyMoreFrame{.payload = std::move(answer.payload)});
      return Next(State::kAuthAcceptingMore);
    case Kind::kBadMethod:
      host_->OnAuthRefused(answer.reason);
      return Send(AuthBadMethodFrame{.method = answer.bad.method != 0 ? answer.bad.method : method,
                                     .result = answer.bad.result,
                                     .allowed_methods = std::move(answer.bad.allowed_methods),
                                     .allowed_modes = std::move(answer.bad.allowed_modes)});
    case Kind::kFault:
      host_->OnAuthRefused(answer.reason);
      return Fault(
          absl::PermissionDeniedError(absl::StrCat("authentication refused: ", answer.reason)));
    case Kind::kDone:
      break;
  }
  secrets_ = std::move(answer.secrets);
  identity_ = std::move(answer.peer);
  Send(AuthDoneFrame{.global_id = answer.global_id,
                     .con_mode = static_cast<uint32_t>(answer.mode),
                     .payload = std::move(answer.payload)});
  SecureAndSign(answer.mode, State::kAuthAcceptingSign);
}

// --- Both.

void ConnectionFsm::SecureAndSign(ConMode mode, State next) {
  const HandshakeTranscript::Signature signature = transcript_.Sign(secrets_.session_key);
  transcribing_ = false;
  if (mode == ConMode::kSecure) {
    if (absl::Status status = EnableSecure(); !status.ok()) return Fault(std::move(status));
  }
  con_mode_ = mode;
  Send(AuthSignatureFrame{.signature = signature});
  Next(next);
}

absl::Status ConnectionFsm::EnableSecure() {
  if (secrets_.connection_secret.empty()) {
    return absl::FailedPreconditionError(
        "secure mode was agreed, for which authentication gave no key");
  }
  const bool connecting = IsConnecting(state_);
  absl::Status status = assembler_.EnableSecure(secrets_.connection_secret, connecting);
  if (!status.ok()) return status;
  return disassembler_.EnableSecure(secrets_.connection_secret, connecting);
}

void ConnectionFsm::OnAuthSignature(const AuthSignatureFrame& frame) {
  if (!transcript_.Verify(secrets_.session_key, frame.signature)) {
    return Fault(absl::PermissionDeniedError(
        "the peer's signature does not fit what this side sent it: the handshake was changed on "
        "the way, or the session keys differ"));
  }
  ForgetSecrets();
  BeginCompression();
}

void ConnectionFsm::ForgetSecrets() {
  transcript_.Clear();
  Wipe(&secrets_.session_key);
  Wipe(&secrets_.connection_secret);
  auth_client_.reset();
  auth_server_.reset();
}

}  // namespace siphon::v2
