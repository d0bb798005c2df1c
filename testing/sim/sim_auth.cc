#include "testing/sim/sim_auth.h"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "msg/auth/auth_methods.h"

namespace siphon {
namespace {

// As long as those of cephx.
constexpr size_t kSessionKeyBytes = 16;
constexpr size_t kConnectionSecretBytes = 64;

// What both sides make of the server's bytes.
AuthSecrets SecretsFrom(std::string_view bytes) {
  return {.session_key = std::string(bytes.substr(0, kSessionKeyBytes)),
          .connection_secret = std::string(bytes.substr(kSessionKeyBytes))};
}

class ClientExchange final : public AuthClientExchange {
 public:
  explicit ClientExchange(ConMode mode) : mode_(mode) {}

  absl::StatusOr<Request> Begin() override {
    Request request;
    request.method = kAuthCephx;
    request.modes = {static_cast<uint32_t>(mode_)};
    request.payload = "who";
    return request;
  }
  absl::StatusOr<Request> OnBadMethod(const BadMethod&) override {
    return absl::PermissionDeniedError("refused");
  }
  absl::StatusOr<std::string> OnReplyMore(std::string_view) override { return "answer"; }
  absl::StatusOr<AuthSecrets> OnDone(uint64_t, ConMode mode, std::string_view payload) override {
    if (mode == ConMode::kUnknown) return AuthSecrets{};  // v1
    if (mode != mode_ || payload.size() != kSessionKeyBytes + kConnectionSecretBytes) {
      return absl::PermissionDeniedError("not what was asked for");
    }
    return SecretsFrom(payload);
  }

 private:
  const ConMode mode_;
};

class ServerExchange final : public AuthServerExchange {
 public:
  explicit ServerExchange(RandomSource* random) : random_(random) {}

  Answer OnRequest(uint32_t, const std::vector<uint32_t>& modes, std::string_view) override {
    if (!modes.empty()) mode_ = static_cast<ConMode>(modes.front());
    Answer answer;
    answer.kind = Answer::Kind::kMore;
    answer.payload = "challenge";
    return answer;
  }
  Answer OnRequestMore(std::string_view) override {
    Answer answer;
    answer.kind = Answer::Kind::kDone;
    answer.mode = mode_;
    answer.payload.resize(kSessionKeyBytes + kConnectionSecretBytes);
    for (size_t i = 0; i < answer.payload.size(); i += sizeof(uint64_t)) {
      const uint64_t bits = random_->Next();
      std::memcpy(answer.payload.data() + i, &bits, sizeof(bits));
    }
    answer.secrets = SecretsFrom(answer.payload);
    answer.peer = std::make_shared<PeerIdentity>();
    return answer;
  }

 private:
  RandomSource* const random_;
  ConMode mode_ = ConMode::kCrc;
};

}  // namespace

std::unique_ptr<AuthClientExchange> SimAuthClient::NewExchange(EntityType, ProtocolVersion) {
  return std::make_unique<ClientExchange>(mode_);
}

std::unique_ptr<AuthServerExchange> SimAuthServer::NewExchange(EntityType, ProtocolVersion) {
  return std::make_unique<ServerExchange>(random_);
}

}  // namespace siphon
