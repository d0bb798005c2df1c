#include "msg/auth/negotiating_auth_server.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/auth_none.h"
#include "msg/auth/cephx/requests.h"
#include "msg/auth/cephx/server_exchanges.h"

namespace siphon {
namespace {

class Negotiation final : public AuthServerExchange {
 public:
  Negotiation(absl::StatusOr<AuthPolicy::Terms> terms, ProtocolVersion version,
              const NegotiatingAuthServer::Options& options)
      : terms_(std::move(terms)), version_(version), options_(options) {}

  void SkipChallenge() override { challenge_ = false; }

  Answer OnRequest(uint32_t method, const std::vector<uint32_t>& modes,
                   std::string_view payload) override {
    if (!terms_.ok()) return Fault(std::string(terms_.status().message()));
    const bool v1 = version_ == ProtocolVersion::kV1;
    if (v1 && method == kAuthUnknown && options_.optional) return Nobody();
    if (!terms_->Allows(method) || (method == kAuthCephx && options_.keys == nullptr)) {
      return Refuse(EOPNOTSUPP,
                    absl::StrCat("it shows authentication method ", method, " (1 none, 2 cephx), ",
                                 "and accepted are ", absl::StrJoin(terms_->methods, ", ")));
    }
    ConMode mode = ConMode::kUnknown;
    if (!v1) {
      const std::vector<uint32_t> mine = terms_->ModesFor(method);
      const auto chosen = std::find_first_of(modes.begin(), modes.end(), mine.begin(), mine.end());
      if (chosen == modes.end()) {
        return Refuse(EOPNOTSUPP, absl::StrCat("it asks for modes ", absl::StrJoin(modes, ", "),
                                               " (1 crc, 2 secure), and with method ", method,
                                               " accepted are ", absl::StrJoin(mine, ", ")));
      }
      mode = static_cast<ConMode>(*chosen);
    }
    current_ = Exchange(method, mode, payload);
    return Complete(current_->OnRequest(method, modes, payload));
  }

  Answer OnRequestMore(std::string_view payload) override {
    if (current_ == nullptr) return Refuse(EACCES, "it answers a challenge that was not made");
    return Complete(current_->OnRequestMore(payload));
  }

 private:
  std::unique_ptr<AuthServerExchange> Exchange(uint32_t method, ConMode mode,
                                               std::string_view payload) {
    if (method == kAuthNone) {
      return AuthNoneServer(AuthNoneServer::Requirement::kRequired)
          .NewExchange(kEntityNone, version_);
    }
    const bool for_mon = !payload.empty() && payload[0] == cephx::kModeMon;
    if (for_mon && options_.key_server != nullptr && version_ == ProtocolVersion::kV2) {
      return cephx::NewMonServerExchange(options_.key_server, mode);
    }
    return cephx::NewServiceServerExchange({.keys = options_.keys,
                                            .service = options_.self,
                                            .challenge = challenge_,
                                            .clock = options_.clock,
                                            .random = options_.random},
                                           mode);
  }

  // Adds what the exchange of one method does not know.
  Answer Complete(Answer answer) {
    if (answer.kind == Answer::Kind::kBadMethod) {
      answer.bad.allowed_methods = terms_->methods;
      answer.bad.allowed_modes = terms_->modes;
    }
    if (answer.kind == Answer::Kind::kDone && answer.global_id == 0 && options_.new_global_id) {
      answer.global_id = options_.new_global_id();
      if (answer.global_id == 0) return Refuse(EAGAIN, "there is no global id to give now");
      auto peer = std::make_shared<PeerIdentity>(*answer.peer);
      peer->global_id = answer.global_id;
      answer.peer = std::move(peer);
    }
    return answer;
  }

  Answer Nobody() const {
    auto peer = std::make_shared<PeerIdentity>();
    peer->allow_all = terms_->Allows(kAuthNone);
    Answer answer;
    answer.kind = Answer::Kind::kDone;
    answer.peer = std::move(peer);
    return answer;
  }
  Answer Refuse(int error, std::string reason) const {
    Answer answer;
    answer.kind = Answer::Kind::kBadMethod;
    answer.bad.result = -error;
    answer.bad.allowed_methods = terms_->methods;
    answer.bad.allowed_modes = terms_->modes;
    answer.reason = std::move(reason);
    return answer;
  }
  static Answer Fault(std::string reason) {
    Answer answer;
    answer.kind = Answer::Kind::kFault;
    answer.reason = std::move(reason);
    return answer;
  }

  const absl::StatusOr<AuthPolicy::Terms> terms_;
  const ProtocolVersion version_;
  const NegotiatingAuthServer::Options options_;
  bool challenge_ = true;
  std::unique_ptr<AuthServerExchange> current_;
};

}  // namespace

std::unique_ptr<AuthServerExchange> NegotiatingAuthServer::NewExchange(EntityType peer_type,
                                                                       ProtocolVersion version) {
  return std::make_unique<Negotiation>(policy_.For(peer_type), version, options_);
}

}  // namespace siphon
