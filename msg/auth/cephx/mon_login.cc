#include "msg/auth/cephx/mon_login.h"

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/random_bytes.h"
#include "msg/auth/secrets_equal.h"

namespace siphon::cephx {
namespace {

MonLogin::Answer Refuse(int error, std::string reason) {
  return {.result = -error, .payload = "", .reason = std::move(reason)};
}

}  // namespace

MonLogin::Answer MonLogin::Start(const Greeting& greeting) {
  if (authenticated()) return Refuse(EINVAL, "it is authenticated already");
  name_ = greeting.name;
  claimed_global_id_ = greeting.global_id;
  challenge_ = RandomChallenge(server_->random());
  return {.result = 0, .payload = EncodeServerChallenge(challenge_), .reason = ""};
}

MonLogin::Answer MonLogin::OnRequest(std::string_view payload) {
  if (authenticated()) {
    KeyServer::Answer answer = server_->HandleRequest(name_, payload);
    return {answer.result, std::move(answer.payload), std::move(answer.reason)};
  }
  const absl::StatusOr<RequestKind> kind = PeekKind(payload);
  if (!kind.ok()) return Refuse(EINVAL, std::string(kind.status().message()));
  if (*kind != RequestKind::kAuthenticate) {
    return Refuse(EACCES, "it asks for tickets or keys before it is authenticated");
  }
  return Authenticate(payload.substr(2));
}

uint64_t MonLogin::global_id() {
  if (global_id_ == 0) {
    global_id_ = claimed_global_id_ != 0 ? claimed_global_id_ : server_->NewGlobalId();
  }
  return global_id_;
}

bool MonLogin::Reclaims(const TicketBlob& old_ticket, CryptoKey* old_key) const {
  if (claimed_global_id_ == 0 || old_ticket.empty()) return false;
  const absl::StatusOr<CryptoKey> secret =
      server_->FindServiceKey(kEntityAuth, old_ticket.secret_id);
  if (!secret.ok()) return false;
  absl::StatusOr<ServiceTicketInfo> info = ServiceTicketInfo::Open(old_ticket, *secret);
  // An expired ticket is proof enough of whose the number is.
  if (!info.ok() || info->ticket.name != name_ || info->ticket.global_id != claimed_global_id_) {
    return false;
  }
  *old_key = std::move(info->session_key);
  return true;
}

MonLogin::Answer MonLogin::Authenticate(std::string_view payload) {
  Decoder d(payload);
  const AuthenticateRequest request = AuthenticateRequest::Decode(d);
  if (!d.ok()) return Refuse(EINVAL, std::string(d.status().message()));
  if (mode_ == ConMode::kSecure && request.other_services == 0) {
    return Refuse(EINVAL, "it wants secure mode and takes no secret for it");
  }
  // A challenge is good for one try.
  const uint64_t challenge = std::exchange(challenge_, 0);
  if (challenge == 0) return Refuse(EACCES, "it answers a challenge that was not made");
  const absl::StatusOr<EntityAuth> auth = server_->FindEntity(name_);
  const bool known = auth.ok() && !auth->key.empty();
  // An unknown entity takes as long as a wrong key, and gets the same answer.
  const CryptoKey key = known ? auth->key : CryptoKey::Generate(server_->Now(), server_->random());
  const uint64_t expected = ChallengeProof(key, challenge, request.client_challenge);
  const bool proven = SecretsEqual(expected, request.proof);
  if (!known) return Refuse(EACCES, absl::StrCat("there is no entity ", name_.ToString()));
  if (!proven) return Refuse(EACCES, absl::StrCat("its key is not that of ", name_.ToString()));

  CryptoKey old_key;
  if (Reclaims(request.old_ticket, &old_key)) {
    global_id_ = claimed_global_id_;
  } else if (global_id_ == 0 || global_id_ == claimed_global_id_) {
    global_id_ = server_->NewGlobalId();
  }
  if (global_id_ == 0) return Refuse(EAGAIN, "there is no global id to give now");
  absl::StatusOr<TicketGrant> grant = server_->Issue(kEntityAuth, name_, *auth, global_id_);
  if (!grant.ok()) return Refuse(EAGAIN, std::string(grant.status().message()));

  secrets_.session_key = grant->session_key.secret();
  if (mode_ == ConMode::kSecure) {
    secrets_.connection_secret = RandomBytes(kConnectionSecretBytes, server_->random());
  }
  auto identity = std::make_shared<PeerIdentity>();
  identity->entity = name_.ToString();
  identity->global_id = global_id_;
  const auto caps = auth->caps.find("mon");
  if (caps != auth->caps.end()) identity->caps = caps->second;
  identity_ = std::move(identity);
  return {.result = 0, .payload = Grant(request, *auth, *grant, old_key), .reason = ""};
}

std::string MonLogin::Grant(const AuthenticateRequest& request, const EntityAuth& auth,
                            const TicketGrant& grant, const CryptoKey& old_key) {
  const std::vector<TicketGrant> others =
      server_->IssueAll(request.other_services, name_, auth, global_id_);
  return Encoded([&](Encoder& e) {
    EncodeAnswerHeader(e, RequestKind::kAuthenticate, 0);
    EncodeGrants(e, {grant}, auth.key, old_key);
    if (request.other_services == 0) return;
    // v1 has no secret of the connection, v2 in crc mode an empty one.
    e.String(mode_ == ConMode::kUnknown ? "" : Encoded([&](Encoder& sealed) {
      EncodeSealed(sealed, grant.session_key,
                   Encoded([&](Encoder& plain) { plain.String(secrets_.connection_secret); }));
    }));
    e.String(Encoded(
        [&](Encoder& extra) { EncodeGrants(extra, others, grant.session_key, CryptoKey()); }));
  });
}

}  // namespace siphon::cephx
