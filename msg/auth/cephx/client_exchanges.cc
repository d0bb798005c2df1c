#include "msg/auth/cephx/client_exchanges.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/secrets_equal.h"

namespace siphon::cephx {
namespace {

absl::Status Refused(const AuthName& name, const AuthClientExchange::BadMethod& bad) {
  return absl::PermissionDeniedError(absl::StrCat("the server refuses ", name.ToString(),
                                                  " by cephx (error ", bad.result,
                                                  "); is its key the one that the cluster knows?"));
}

// The mode is one that was offered, and has the secret that it needs.
absl::Status CheckMode(const std::vector<uint32_t>& offered, ConMode mode,
                       const AuthSecrets& secrets) {
  if (offered.empty()) return absl::OkStatus();
  if (std::find(offered.begin(), offered.end(), static_cast<uint32_t>(mode)) == offered.end()) {
    return absl::PermissionDeniedError(
        absl::StrCat("the server chose mode ", static_cast<uint32_t>(mode),
                     " (1 crc, 2 secure), which was not offered: a downgrade"));
  }
  if (mode == ConMode::kSecure && secrets.connection_secret.empty()) {
    return absl::PermissionDeniedError("secure mode without a secret of the connection");
  }
  return absl::OkStatus();
}

class MonExchange final : public AuthClientExchange {
 public:
  MonExchange(CephxClient* client, std::vector<uint32_t> modes)
      : client_(client), modes_(std::move(modes)), login_(client, ProtocolVersion::kV2) {}

  absl::StatusOr<Request> Begin() override { return Request{kAuthCephx, modes_, login_.Begin({})}; }
  absl::StatusOr<Request> OnBadMethod(const BadMethod& bad) override {
    return Refused(client_->name(), bad);
  }
  absl::StatusOr<std::string> OnReplyMore(std::string_view payload) override {
    return login_.OnChallenge(payload);
  }
  absl::StatusOr<AuthSecrets> OnDone(uint64_t global_id, ConMode mode,
                                     std::string_view payload) override {
    absl::StatusOr<AuthSecrets> secrets = login_.OnSession(global_id, payload);
    if (!secrets.ok()) return secrets;
    if (absl::Status status = CheckMode(modes_, mode, *secrets); !status.ok()) return status;
    return secrets;
  }

 private:
  CephxClient* const client_;
  const std::vector<uint32_t> modes_;
  ClientLogin login_;
};

class ServiceExchange final : public AuthClientExchange {
 public:
  ServiceExchange(CephxClient* client, EntityType service, std::vector<uint32_t> modes)
      : client_(client), service_(service), modes_(std::move(modes)) {}

  absl::StatusOr<Request> Begin() override {
    absl::StatusOr<CephxClient::ServiceTicket> ticket = client_->TicketFor(service_);
    if (!ticket.ok()) return ticket.status();
    ticket_ = *std::move(ticket);
    proof_.nonce = client_->random().Next();
    return Request{kAuthCephx, modes_, Show()};
  }
  absl::StatusOr<Request> OnBadMethod(const BadMethod& bad) override {
    return Refused(client_->name(), bad);
  }
  absl::StatusOr<std::string> OnReplyMore(std::string_view payload) override {
    if (ticket_.blob.empty() || proof_.answer.has_value()) {
      return absl::InvalidArgumentError("the service challenges twice");
    }
    const absl::StatusOr<uint64_t> challenge = OpenChallenge(payload, ticket_.session_key);
    if (!challenge.ok()) return Unproven();
    proof_.answer = *challenge + 1;
    return Show();
  }
  absl::StatusOr<AuthSecrets> OnDone(uint64_t, ConMode mode, std::string_view payload) override {
    absl::StatusOr<AuthorizeReply> reply = AuthorizeReply::Open(payload, ticket_.session_key);
    if (!reply.ok() || !SecretsEqual(reply->nonce_plus_one, proof_.nonce + 1)) return Unproven();
    AuthSecrets secrets{.session_key = ticket_.session_key.secret(), .connection_secret = ""};
    if (mode == ConMode::kSecure) secrets.connection_secret = std::move(reply->connection_secret);
    if (absl::Status status = CheckMode(modes_, mode, secrets); !status.ok()) return status;
    return secrets;
  }

 private:
  std::string Show() const {
    const Authorizer authorizer{ticket_.global_id, service_, ticket_.blob,
                                proof_.Seal(ticket_.session_key)};
    return Encoded([&](Encoder& e) { authorizer.Encode(e); });
  }
  absl::Status Unproven() const {
    return absl::PermissionDeniedError(
        absl::StrCat("the ", AbslView(EntityTypeName(service_)),
                     " does not know the session key of our ticket: it is not of this cluster"));
  }

  CephxClient* const client_;
  const EntityType service_;
  const std::vector<uint32_t> modes_;
  CephxClient::ServiceTicket ticket_;
  AuthorizerProof proof_;
};

}  // namespace

std::unique_ptr<AuthClientExchange> NewMonClientExchange(CephxClient* client,
                                                         std::vector<uint32_t> modes) {
  return std::make_unique<MonExchange>(client, std::move(modes));
}

std::unique_ptr<AuthClientExchange> NewServiceClientExchange(CephxClient* client,
                                                             EntityType service,
                                                             std::vector<uint32_t> modes) {
  return std::make_unique<ServiceExchange>(client, service, std::move(modes));
}

}  // namespace siphon::cephx
