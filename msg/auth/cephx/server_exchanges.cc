#include "msg/auth/cephx/server_exchanges.h"

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/mon_login.h"
#include "msg/auth/cephx/random_bytes.h"
#include "msg/auth/cephx/requests.h"
#include "msg/auth/secrets_equal.h"

namespace siphon::cephx {
namespace {

using Answer = AuthServerExchange::Answer;

Answer Refuse(int32_t result, std::string reason) {
  Answer answer;
  answer.kind = Answer::Kind::kBadMethod;
  answer.bad.method = kAuthCephx;
  answer.bad.result = result;
  answer.bad.allowed_methods = {kAuthCephx};
  answer.reason = std::move(reason);
  return answer;
}

Answer Refuse(std::string reason) { return Refuse(-EACCES, std::move(reason)); }

class MonExchange final : public AuthServerExchange {
 public:
  MonExchange(KeyServer* server, ConMode mode) : mode_(mode), login_(server, mode) {}

  Answer OnRequest(uint32_t, const std::vector<uint32_t>&, std::string_view payload) override {
    const absl::StatusOr<Greeting> greeting = Greeting::DecodeV2(payload);
    if (!greeting.ok()) return Refuse(std::string(greeting.status().message()));
    return More(login_.Start(*greeting));
  }
  Answer OnRequestMore(std::string_view payload) override {
    if (login_.authenticated()) return Refuse("it is authenticated already");
    MonLogin::Answer step = login_.OnRequest(payload);
    if (step.result != 0) return Refuse(step.result, std::move(step.reason));
    Answer answer;
    answer.kind = Answer::Kind::kDone;
    answer.payload = std::move(step.payload);
    answer.global_id = login_.global_id();
    answer.mode = mode_;
    answer.secrets = login_.secrets();
    answer.peer = login_.identity();
    return answer;
  }

 private:
  static Answer More(MonLogin::Answer step) {
    if (step.result != 0) return Refuse(step.result, std::move(step.reason));
    Answer answer;
    answer.kind = Answer::Kind::kMore;
    answer.payload = std::move(step.payload);
    return answer;
  }

  const ConMode mode_;
  MonLogin login_;
};

class ServiceExchange final : public AuthServerExchange {
 public:
  ServiceExchange(const ServiceExchangeOptions& options, ConMode mode)
      : options_(options), mode_(mode) {}

  Answer OnRequest(uint32_t, const std::vector<uint32_t>&, std::string_view payload) override {
    Shown shown;
    if (std::string reason = Open(payload, &shown); !reason.empty()) return Refuse(reason);
    if (!options_.challenge) return Accept(shown);
    // Whatever answer it carries is to another connection's challenge.
    challenge_ = RandomChallenge(*options_.random);
    Answer answer;
    answer.kind = Answer::Kind::kMore;
    answer.payload = SealChallenge(challenge_, shown.info.session_key);
    return answer;
  }

  Answer OnRequestMore(std::string_view payload) override {
    const uint64_t challenge = std::exchange(challenge_, 0);
    if (challenge == 0) return Refuse("it answers a challenge that was not made");
    Shown shown;
    if (std::string reason = Open(payload, &shown); !reason.empty()) return Refuse(reason);
    if (!shown.proof.answer || !SecretsEqual(*shown.proof.answer, challenge + 1)) {
      return Refuse(absl::StrCat("the authorizer of ", shown.info.ticket.name.ToString(),
                                 " does not answer this connection's challenge: a replay"));
    }
    return Accept(shown);
  }

 private:
  struct Shown {
    ServiceTicketInfo info;
    AuthorizerProof proof;
  };

  // What is wrong with an authorizer; empty: nothing is.
  std::string Open(std::string_view payload, Shown* shown) const {
    Decoder d(payload);
    const Authorizer authorizer = Authorizer::Decode(d);
    if (d.ok() && d.remaining() != 0) d.Fail("bytes follow the authorizer");
    if (!d.ok()) return std::string(d.status().message());
    if (authorizer.service != options_.service) {
      return absl::StrCat("its ticket is for services of type ",
                          AbslView(EntityTypeName(authorizer.service)), ", and this is ",
                          AbslView(EntityTypeName(options_.service)));
    }
    const absl::StatusOr<CryptoKey> secret =
        options_.keys->FindServiceKey(options_.service, authorizer.ticket.secret_id);
    if (!secret.ok()) return absl::StrCat("its ticket: ", secret.status().message());
    absl::StatusOr<ServiceTicketInfo> info = ServiceTicketInfo::Open(authorizer.ticket, *secret);
    if (!info.ok()) return std::string(info.status().message());
    const std::string name = info->ticket.name.ToString();
    absl::StatusOr<AuthorizerProof> proof =
        AuthorizerProof::Open(authorizer.sealed_proof, info->session_key);
    if (!proof.ok()) return absl::StrCat("it does not know the session key of ", name, "'s ticket");
    if (info->ticket.expires <= options_.clock->Now()) {
      return absl::StrCat("the ticket of ", name, " expired at ",
                          absl::FormatTime(info->ticket.expires, absl::UTCTimeZone()));
    }
    if (info->ticket.global_id != authorizer.global_id) {
      return absl::StrCat("the ticket of ", name, " is not for the global id shown");
    }
    shown->info = *std::move(info);
    shown->proof = *std::move(proof);
    return "";
  }

  Answer Accept(const Shown& shown) const {
    const AuthTicket& ticket = shown.info.ticket;
    auto peer = std::make_shared<PeerIdentity>();
    peer->entity = ticket.name.ToString();
    peer->global_id = ticket.global_id;
    peer->allow_all = ticket.allow_all;
    peer->caps = ticket.caps;
    peer->expires = ticket.expires;
    Answer answer;
    answer.kind = Answer::Kind::kDone;
    answer.global_id = ticket.global_id;
    answer.mode = mode_;
    answer.secrets.session_key = shown.info.session_key.secret();
    if (mode_ == ConMode::kSecure) {
      answer.secrets.connection_secret = RandomBytes(kConnectionSecretBytes, *options_.random);
    }
    answer.payload = AuthorizeReply{.nonce_plus_one = shown.proof.nonce + 1,
                                    .connection_secret = answer.secrets.connection_secret}
                         .Seal(shown.info.session_key);
    answer.peer = std::move(peer);
    return answer;
  }

  const ServiceExchangeOptions options_;
  const ConMode mode_;
  uint64_t challenge_ = 0;  // 0: none was made, or it was used
};

}  // namespace

std::unique_ptr<AuthServerExchange> NewMonServerExchange(KeyServer* server, ConMode mode) {
  return std::make_unique<MonExchange>(server, mode);
}

std::unique_ptr<AuthServerExchange> NewServiceServerExchange(const ServiceExchangeOptions& options,
                                                             ConMode mode) {
  return std::make_unique<ServiceExchange>(options, mode);
}

}  // namespace siphon::cephx
