#include "msg/auth/auth_none.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/auth/auth_methods.h"

namespace siphon {
namespace {

constexpr uint8_t kModeAuthorizer = 1;
constexpr uint8_t kModeMon = 10;
// Longer than any name that Ceph makes; what is kept of a peer's claim is bounded by it.
constexpr size_t kMaxIdBytes = 256;

class ClientExchange final : public AuthClientExchange {
 public:
  // `learner` is told the global id; null: nobody is.
  ClientExchange(Request request, std::shared_ptr<std::atomic<uint64_t>> learner)
      : request_(std::move(request)), learner_(std::move(learner)) {}

  absl::StatusOr<Request> Begin() override { return request_; }
  absl::StatusOr<Request> OnBadMethod(const BadMethod& bad) override {
    return absl::PermissionDeniedError(
        absl::StrCat("the server refuses authentication method none (error ", bad.result,
                     "); set auth_client_required for a method that it takes, and give a keyring"));
  }
  absl::StatusOr<std::string> OnReplyMore(std::string_view) override {
    return absl::InvalidArgumentError("a challenge to authentication method none");
  }
  absl::StatusOr<AuthSecrets> OnDone(uint64_t global_id, ConMode mode, std::string_view) override {
    if (mode == ConMode::kSecure) {
      return absl::FailedPreconditionError(
          "secure mode was chosen, which needs a key: authentication method none has none");
    }
    if (learner_ != nullptr && global_id != 0) learner_->store(global_id);
    return AuthSecrets{};
  }

 private:
  const Request request_;
  const std::shared_ptr<std::atomic<uint64_t>> learner_;
};

class ServerExchange final : public AuthServerExchange {
 public:
  ServerExchange(bool optional, ProtocolVersion version) : optional_(optional), version_(version) {}

  Answer OnRequest(uint32_t method, const std::vector<uint32_t>& modes,
                   std::string_view payload) override {
    if (method == kAuthUnknown && optional_ && version_ == ProtocolVersion::kV1) return Done({}, 0);
    if (method != kAuthNone) {
      return Refuse(EOPNOTSUPP, absl::StrCat("it shows authentication method ", method,
                                             ", and only none (1) is accepted here"));
    }
    const auto crc = static_cast<uint32_t>(ConMode::kCrc);
    if (version_ == ProtocolVersion::kV2 &&
        std::find(modes.begin(), modes.end(), crc) == modes.end()) {
      return Refuse(
          EOPNOTSUPP,
          "it asks for secure mode alone, which authentication method none has no key for");
    }
    Decoder d(payload);
    const uint8_t mode = d.U8();
    const bool known =
        mode == kModeAuthorizer || (version_ == ProtocolVersion::kV2 && mode == kModeMon);
    if (d.ok() && !known) d.Fail("the authorizer is of no mode that is known");
    const uint32_t type = d.U32();
    const std::string_view id = d.StringView();
    const uint64_t global_id = d.U64();
    if (d.ok() && d.remaining() != 0) d.Fail("bytes follow the authorizer");
    if (d.ok() && id.size() > kMaxIdBytes) d.Fail("the name is too long");
    if (d.ok() && (type == kEntityNone || type >= kEntityAny)) d.Fail("no such entity type");
    if (!d.ok()) return Refuse(EACCES, std::string(d.status().message()));
    return Done(
        absl::StrCat(AbslView(EntityTypeName(static_cast<EntityType>(type))), ".", AbslView(id)),
        global_id);
  }
  Answer OnRequestMore(std::string_view) override {
    return Refuse(EACCES, "it answers a challenge that was not made");
  }

 private:
  static Answer Done(std::string entity, uint64_t global_id) {
    auto peer = std::make_shared<PeerIdentity>();
    peer->entity = std::move(entity);
    peer->global_id = global_id;
    peer->allow_all = true;
    Answer answer;
    answer.kind = Answer::Kind::kDone;
    answer.global_id = global_id;
    answer.peer = std::move(peer);
    return answer;
  }
  static Answer Refuse(int error, std::string reason) {
    Answer answer;
    answer.kind = Answer::Kind::kBadMethod;
    answer.reason = std::move(reason);
    answer.bad.result = -error;
    answer.bad.allowed_methods = {kAuthNone};
    answer.bad.allowed_modes = {static_cast<uint32_t>(ConMode::kCrc)};
    return answer;
  }

  const bool optional_;
  const ProtocolVersion version_;
};

}  // namespace

std::unique_ptr<AuthClientExchange> AuthNoneClient::NewExchange(EntityType peer_type,
                                                                ProtocolVersion version) {
  AuthClientExchange::Request request;
  if (version == ProtocolVersion::kV1 && peer_type == kEntityMon) {
    return std::make_unique<ClientExchange>(std::move(request), nullptr);
  }
  request.method = kAuthNone;
  request.modes = {static_cast<uint32_t>(ConMode::kCrc)};
  BufferList bytes;
  Encoder e(&bytes);
  e.U8(peer_type == kEntityMon ? kModeMon : kModeAuthorizer);
  e.U32(type_);
  e.String(id_);
  e.U64(global_id());
  request.payload = bytes.ToString();
  return std::make_unique<ClientExchange>(std::move(request),
                                          peer_type == kEntityMon ? global_id_ : nullptr);
}

std::unique_ptr<AuthServerExchange> AuthNoneServer::NewExchange(EntityType,
                                                                ProtocolVersion version) {
  return std::make_unique<ServerExchange>(requirement_ == Requirement::kOptional, version);
}

}  // namespace siphon
