#include "msg/auth/cephx/key_server.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {
namespace {

// Those that have rotating secrets.
constexpr EntityType kServices[] = {kEntityMon, kEntityMds, kEntityOsd, kEntityMgr, kEntityAuth};

bool IsService(EntityType type) {
  return std::find(std::begin(kServices), std::end(kServices), type) != std::end(kServices);
}

KeyServer::Answer Refuse(int error, std::string reason) {
  return {.result = -error, .payload = "", .reason = std::move(reason)};
}

std::string Text(const absl::Status& status) { return std::string(status.message()); }

}  // namespace

absl::Duration KeyServer::Ttl(EntityType service) const {
  return service == kEntityAuth ? options_.auth_ttl() : options_.service_ttl();
}

bool KeyServer::Rotate() {
  const absl::Time now = Now();
  const absl::Duration auth_ttl = Ttl(kEntityAuth);
  const absl::Duration service_ttl = Ttl(kEntityMon);
  MutexLock lock(mutex_);
  bool changed = false;
  for (const EntityType service : kServices) {
    changed |= secrets_[service].Rotate(now, service == kEntityAuth ? auth_ttl : service_ttl,
                                        *options_.random);
  }
  return changed;
}

std::string KeyServer::EncodeSecrets() const {
  MutexLock lock(mutex_);
  return Encoded([this](Encoder& e) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    e.U8(1);
    e.U32(static_cast<uint32_t>(secrets_.size()));
    for (const auto& [service, secrets] : secrets_) {
      e.U32(service);
      secrets.Encode(e);
    }
  });
}

absl::Status KeyServer::DecodeSecrets(std::string_view bytes) {
  Decoder d(bytes);
  std::map<EntityType, RotatingSecrets> decoded;
  if (d.U8() != 1) d.Fail("the stored rotating keys are of an unknown version");
  const uint32_t n = d.Count(17);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    const uint32_t service = d.U32();
    if (service >= kEntityAny || !IsService(static_cast<EntityType>(service))) {
      d.Fail("the stored rotating keys are of an unknown service");
    }
    decoded[static_cast<EntityType>(service)] = RotatingSecrets::Decode(d);
  }
  if (!d.ok()) return d.status();
  MutexLock lock(mutex_);
  secrets_ = std::move(decoded);
  return absl::OkStatus();
}

absl::StatusOr<TicketGrant> KeyServer::Issue(EntityType service, const AuthName& name,
                                             const EntityAuth& auth, uint64_t global_id) {
  const absl::Time now = Now();
  absl::Duration validity = Ttl(service);
  uint64_t secret_id = 0;
  CryptoKey secret;
  {
    MutexLock lock(mutex_);
    const auto it = secrets_.find(service);
    if (it == secrets_.end() || it->second.Current() == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("no rotating keys for services of type ", static_cast<int>(service)));
    }
    secret_id = it->second.Current()->first;
    secret = it->second.Current()->second.key;
    // Longer than the newest secret no ticket can be of use, whatever the option says by now.
    validity = std::min(validity, it->second.secrets.rbegin()->second.expires - now);
  }
  if (validity <= absl::ZeroDuration()) {
    return absl::UnavailableError("the rotating keys are all over; they are due for renewal");
  }
  ServiceTicketInfo info;
  info.ticket.name = name;
  info.ticket.global_id = global_id;
  info.ticket.created = now;
  info.ticket.expires = now + validity;
  // Monitors know the caps on themselves.
  const auto caps = auth.caps.find(std::string(EntityTypeName(service)));
  if (caps != auth.caps.end() && service != kEntityMon) info.ticket.caps = caps->second;
  info.session_key = CryptoKey::Generate(now, *options_.random);
  TicketGrant grant;
  grant.service = service;
  grant.validity = validity;
  grant.blob = info.Seal(secret_id, secret);
  grant.session_key = std::move(info.session_key);
  return grant;
}

std::vector<TicketGrant> KeyServer::IssueAll(uint32_t services, const AuthName& name,
                                             const EntityAuth& auth, uint64_t global_id) {
  std::vector<TicketGrant> grants;
  for (const EntityType service : kServices) {
    if (service == kEntityAuth || (services & service) == 0) continue;
    absl::StatusOr<TicketGrant> grant = Issue(service, name, auth, global_id);
    if (grant.ok()) grants.push_back(*std::move(grant));
  }
  return grants;
}

absl::StatusOr<RotatingSecrets> KeyServer::SecretsOf(EntityType service) const {
  MutexLock lock(mutex_);
  const auto it = secrets_.find(service);
  // Those of "auth" are the monitors' alone.
  if (it == secrets_.end() || service == kEntityAuth) {
    return absl::NotFoundError(absl::StrCat("there are no rotating keys for an entity of type ",
                                            AbslView(EntityTypeName(service))));
  }
  return it->second;
}

absl::StatusOr<CryptoKey> KeyServer::FindServiceKey(EntityType service, uint64_t secret_id) {
  if (secret_id == kOwnSecretId) {
    absl::StatusOr<EntityAuth> mon = FindEntity(AuthName{kEntityMon, ""});
    if (!mon.ok() || service != kEntityMon) {
      return absl::NotFoundError("a ticket sealed with the monitors' own key, which is not in use");
    }
    return mon->key;
  }
  MutexLock lock(mutex_);
  const auto it = secrets_.find(service);
  const RotatingSecrets::Secret* secret =
      it == secrets_.end() ? nullptr : it->second.Find(secret_id);
  if (secret == nullptr) {
    return absl::NotFoundError(absl::StrCat("rotating key ", secret_id, " of ",
                                            AbslView(EntityTypeName(service)), " is not kept"));
  }
  return secret->key;
}

KeyServer::Answer KeyServer::HandleRequest(const AuthName& name, std::string_view payload) {
  const absl::StatusOr<RequestKind> kind = PeekKind(payload);
  if (!kind.ok()) return Refuse(EINVAL, Text(kind.status()));
  switch (*kind) {
    case RequestKind::kTickets:
      return HandleTickets(name, payload.substr(2));
    case RequestKind::kRotatingKeys:
      return HandleRotatingKeys(name);
    case RequestKind::kAuthenticate:
      return HandleLogin(name, payload.substr(2));
  }
  return Refuse(EINVAL, "no such request");
}

KeyServer::Answer KeyServer::HandleLogin(const AuthName& name, std::string_view payload) {
  Decoder d(payload);
  const AuthenticateRequest request = AuthenticateRequest::Decode(d);
  if (!d.ok()) return Refuse(EINVAL, Text(d.status()));
  const absl::StatusOr<CryptoKey> secret =
      FindServiceKey(kEntityAuth, request.old_ticket.secret_id);
  if (!secret.ok()) return Refuse(EACCES, Text(secret.status()));
  const absl::StatusOr<ServiceTicketInfo> old =
      ServiceTicketInfo::Open(request.old_ticket, *secret);
  if (!old.ok()) return Refuse(EACCES, Text(old.status()));
  if (old->ticket.name != name) return Refuse(EACCES, "it shows somebody else's ticket");
  const absl::StatusOr<EntityAuth> auth = FindEntity(name);
  if (!auth.ok()) return Refuse(EACCES, Text(auth.status()));
  const uint64_t global_id = old->ticket.global_id;
  const absl::StatusOr<TicketGrant> grant = Issue(kEntityAuth, name, *auth, global_id);
  if (!grant.ok()) return Refuse(EAGAIN, Text(grant.status()));
  const std::vector<TicketGrant> others = IssueAll(request.other_services, name, *auth, global_id);
  return {.result = 0,
          .payload = Encoded([&](Encoder& e) {
            EncodeAnswerHeader(e, RequestKind::kAuthenticate, 0);
            EncodeGrants(e, {*grant}, auth->key, old->session_key);
            if (request.other_services == 0) return;
            e.String("");  // an open connection gets no other secret
            e.String(Encoded(
                [&](Encoder& x) { EncodeGrants(x, others, grant->session_key, CryptoKey()); }));
          }),
          .reason = ""};
}

KeyServer::Answer KeyServer::HandleTickets(const AuthName& name, std::string_view payload) {
  Decoder d(payload);
  const Authorizer authorizer = Authorizer::Decode(d);
  d.U8();
  const uint32_t services = d.U32();
  if (!d.ok()) return Refuse(EINVAL, Text(d.status()));
  if (authorizer.service != kEntityAuth) return Refuse(EACCES, "it shows no ticket for auth");
  const absl::StatusOr<CryptoKey> secret = FindServiceKey(kEntityAuth, authorizer.ticket.secret_id);
  if (!secret.ok()) return Refuse(EACCES, Text(secret.status()));
  const absl::StatusOr<ServiceTicketInfo> info =
      ServiceTicketInfo::Open(authorizer.ticket, *secret);
  if (!info.ok()) return Refuse(EACCES, Text(info.status()));
  const absl::StatusOr<AuthorizerProof> proof =
      AuthorizerProof::Open(authorizer.sealed_proof, info->session_key);
  if (!proof.ok()) return Refuse(EACCES, "it does not know its ticket's session key");
  if (info->ticket.expires <= Now()) return Refuse(EACCES, "its ticket for auth has expired");
  if (info->ticket.name != name || info->ticket.global_id != authorizer.global_id) {
    return Refuse(EACCES, "it shows somebody else's ticket");
  }
  const absl::StatusOr<EntityAuth> auth = FindEntity(name);
  if (!auth.ok()) return Refuse(EACCES, Text(auth.status()));
  const std::vector<TicketGrant> grants = IssueAll(services, name, *auth, info->ticket.global_id);
  return {.result = 0,
          .payload = Encoded([&](Encoder& e) {
            EncodeAnswerHeader(e, RequestKind::kTickets, 0);
            EncodeGrants(e, grants, info->session_key, CryptoKey());
          }),
          .reason = ""};
}

KeyServer::Answer KeyServer::HandleRotatingKeys(const AuthName& name) {
  const absl::StatusOr<EntityAuth> auth = FindEntity(name);
  if (!auth.ok()) return Refuse(EACCES, Text(auth.status()));
  const absl::StatusOr<RotatingSecrets> secrets = SecretsOf(name.type);
  if (!secrets.ok()) return Refuse(EACCES, Text(secrets.status()));
  return {.result = 0,
          .payload = Encoded([&](Encoder& e) {
            EncodeAnswerHeader(e, RequestKind::kRotatingKeys, 0);
            EncodeSealed(e, auth->key, Encoded([&](Encoder& plain) { secrets->Encode(plain); }));
          }),
          .reason = ""};
}

}  // namespace siphon::cephx
