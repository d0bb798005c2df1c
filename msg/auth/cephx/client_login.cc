#include "msg/auth/cephx/client_login.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {

std::string ClientLogin::Begin(const std::vector<uint32_t>& methods) {
  const Greeting greeting{client_->name(), client_->global_id(), methods};
  return version_ == ProtocolVersion::kV1 ? greeting.EncodeV1() : greeting.EncodeV2();
}

absl::StatusOr<std::string> ClientLogin::OnChallenge(std::string_view payload) {
  if (std::exchange(challenged_, true)) {
    return absl::InvalidArgumentError("the monitor challenges twice");
  }
  const absl::StatusOr<uint64_t> challenge = DecodeServerChallenge(payload);
  if (!challenge.ok()) return challenge.status();
  AuthenticateRequest request;
  request.client_challenge = client_->random().Next();
  request.proof = ChallengeProof(client_->secret(), *challenge, request.client_challenge);
  if (const auto old = client_->OldAuthTicket()) request.old_ticket = old->blob;
  request.other_services = client_->services() | kEntityAuth;
  return Encoded([&](Encoder& e) {
    e.U16(static_cast<uint16_t>(RequestKind::kAuthenticate));
    request.Encode(e);
  });
}

absl::StatusOr<AuthSecrets> ClientLogin::OnSession(uint64_t global_id, std::string_view payload) {
  if (!challenged_) {
    return absl::PermissionDeniedError("the monitor lets us in without having asked for a proof");
  }
  Decoder d(payload);
  if (absl::Status status = DecodeAnswerHeader(d, RequestKind::kAuthenticate); !status.ok()) {
    return status;
  }
  const auto old = client_->OldAuthTicket();
  std::vector<TicketGrant> grants =
      DecodeGrants(d, client_->secret(), old ? old->session_key : CryptoKey());
  if (!d.ok()) {
    return absl::PermissionDeniedError(absl::StrCat("the monitor's answer: ", d.status().message(),
                                                    "; is the key that of ",
                                                    client_->name().ToString(), "?"));
  }
  if (grants.size() != 1 || grants[0].service != kEntityAuth) {
    return absl::InvalidArgumentError("the monitor's answer has no ticket for auth");
  }
  const CryptoKey session_key = grants[0].session_key;
  AuthSecrets secrets{.session_key = session_key.secret(), .connection_secret = ""};
  if (d.remaining() > 0) {
    Decoder secret_blob(d.StringView());
    if (secret_blob.remaining() > 0) {
      const std::string plain = DecodeSealed(secret_blob, session_key);
      Decoder inner(plain);
      secrets.connection_secret = inner.String();
      if (!secret_blob.ok() || !inner.ok()) d.Fail("the secret of the connection is malformed");
    }
    Decoder extra(d.StringView());
    if (extra.remaining() > 0) {
      std::vector<TicketGrant> others = DecodeGrants(extra, session_key, CryptoKey());
      if (!extra.ok()) d.Fail("the tickets for services are malformed");
      for (TicketGrant& grant : others) grants.push_back(std::move(grant));
    }
  }
  if (!d.ok()) return absl::PermissionDeniedError(d.status().message());
  client_->SetSession(global_id, std::move(grants));
  return secrets;
}

}  // namespace siphon::cephx
