#include "msg/auth/cephx/cephx_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {

uint64_t CephxClient::global_id() const {
  MutexLock lock(mutex_);
  return global_id_;
}

uint32_t CephxClient::DueTickets() const {
  const absl::Time now = options_.clock->Now();
  uint32_t due = 0;
  MutexLock lock(mutex_);
  for (uint32_t bit = 1; bit < kEntityAuth; bit <<= 1) {
    if ((options_.services & bit) == 0) continue;
    const auto it = tickets_.find(static_cast<EntityType>(bit));
    if (it == tickets_.end() || it->second.renew_after <= now) due |= bit;
  }
  return due;
}

bool CephxClient::NeedsLogin() const {
  const absl::Time now = options_.clock->Now();
  MutexLock lock(mutex_);
  const auto it = tickets_.find(kEntityAuth);
  return it == tickets_.end() || it->second.renew_after <= now;
}

absl::StatusOr<std::string> CephxClient::TicketsRequest() const {
  const uint32_t due = DueTickets();
  const absl::StatusOr<ServiceTicket> ticket = TicketFor(kEntityAuth);
  if (!ticket.ok()) return absl::FailedPreconditionError(ticket.status().message());
  const AuthorizerProof proof{.nonce = options_.random->Next(), .answer = std::nullopt};
  const Authorizer authorizer{.global_id = ticket->global_id,
                              .service = kEntityAuth,
                              .ticket = ticket->blob,
                              .sealed_proof = proof.Seal(ticket->session_key)};
  return Encoded([&](Encoder& e) {
    e.U16(static_cast<uint16_t>(RequestKind::kTickets));
    authorizer.Encode(e);
    e.U8(1);
    e.U32(due);
  });
}

std::string CephxClient::RotatingKeysRequest() const {
  return Encoded([](Encoder& e) { e.U16(static_cast<uint16_t>(RequestKind::kRotatingKeys)); });
}

absl::Status CephxClient::OnReply(std::string_view payload) {
  const absl::StatusOr<RequestKind> kind = PeekKind(payload);
  if (!kind.ok()) return kind.status();
  if (*kind == RequestKind::kAuthenticate) {
    return absl::InvalidArgumentError("an answer to a login that is over");
  }
  Decoder d(payload);
  if (absl::Status status = DecodeAnswerHeader(d, *kind); !status.ok()) return status;
  if (*kind == RequestKind::kTickets) {
    MutexLock lock(mutex_);
    const auto auth = tickets_.find(kEntityAuth);
    if (auth == tickets_.end()) return absl::InvalidArgumentError("tickets before a login");
    std::vector<TicketGrant> grants = DecodeGrants(d, auth->second.session_key, CryptoKey());
    if (d.ok()) Take(std::move(grants));
    return d.ok() ? absl::OkStatus() : absl::PermissionDeniedError(d.status().message());
  }
  const std::string plain = DecodeSealed(d, options_.secret);
  if (!d.ok()) return absl::PermissionDeniedError(d.status().message());
  Decoder inner(plain);
  RotatingSecrets secrets = RotatingSecrets::Decode(inner);
  if (!inner.ok()) return inner.status();
  if (options_.rotating_keys == nullptr) {
    return absl::InvalidArgumentError("rotating keys, for which this process did not ask");
  }
  options_.rotating_keys->Set(std::move(secrets));
  return absl::OkStatus();
}

absl::StatusOr<CephxClient::ServiceTicket> CephxClient::TicketFor(EntityType service) const {
  const absl::Time now = options_.clock->Now();
  MutexLock lock(mutex_);
  const auto it = tickets_.find(service);
  if (it == tickets_.end() || it->second.expires <= now) {
    return absl::UnavailableError(
        absl::StrCat(options_.name.ToString(), " has no ", it == tickets_.end() ? "" : "valid ",
                     "ticket for services of type ", AbslView(EntityTypeName(service)),
                     "; it gets one from a monitor"));
  }
  return ServiceTicket{global_id_, it->second.session_key, it->second.blob};
}

std::optional<CephxClient::ServiceTicket> CephxClient::OldAuthTicket() const {
  MutexLock lock(mutex_);
  const auto it = tickets_.find(kEntityAuth);
  if (it == tickets_.end()) return std::nullopt;
  return ServiceTicket{global_id_, it->second.session_key, it->second.blob};
}

void CephxClient::SetSession(uint64_t global_id, std::vector<TicketGrant> grants) {
  MutexLock lock(mutex_);
  if (global_id != 0) global_id_ = global_id;
  Take(std::move(grants));
}

void CephxClient::Take(std::vector<TicketGrant> grants) {
  const absl::Time now = options_.clock->Now();
  for (TicketGrant& grant : grants) {
    tickets_[grant.service] = Ticket{.session_key = std::move(grant.session_key),
                                     .blob = std::move(grant.blob),
                                     .renew_after = now + grant.validity / 2,
                                     .expires = now + grant.validity};
  }
}

}  // namespace siphon::cephx
