#include "services/mon/auth_service.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/requests.h"
#include "msg/entity_type.h"

namespace siphon::mon {
namespace {

using cephx::Greeting;
using rados::MAuth;
using rados::MAuthReply;

constexpr char kRotatingSecrets[] = "rotating_secrets";

void Refuse(int error, std::string why, MAuthReply* reply) {
  reply->result = -error;
  reply->result_message = std::move(why);
}

// Capabilities that are none any more, after an upgrade for instance, allow nothing.
void SetCaps(const PeerIdentity& peer, AuthService::Identity* identity) {
  if (peer.allow_all) {
    identity->caps = MonCaps::AllowAll();
  } else if (!peer.caps.empty()) {
    absl::StatusOr<MonCaps> caps = MonCaps::Parse(peer.caps);
    if (caps.ok()) identity->caps = *std::move(caps);
    if (!caps.ok()) identity->bad_caps = std::string(caps.status().message());
  }
}

}  // namespace

AuthService::AuthService(const Options& options)
    : options_(options),
      global_ids_(options.store),
      entities_(options.store, options.clock, options.random),
      keys_({.source = &entities_,
             .clock = options.clock,
             .random = options.random,
             .new_global_id = [this] { return global_ids_.Next().value_or(0); },
             .auth_ttl = [this] { return options_.config->GetDuration("auth_mon_ticket_ttl"); },
             .service_ttl =
                 [this] { return options_.config->GetDuration("auth_service_ticket_ttl"); }}),
      policy_(options.config, kEntityMon),
      server_(policy_, {.self = kEntityMon,
                        .keys = &keys_,
                        .key_server = &keys_,
                        .new_global_id = [this] { return global_ids_.Next().value_or(0); },
                        .optional = true,
                        .clock = options.clock,
                        .random = options.random}) {}

absl::Status AuthService::Load() {
  if (absl::Status status = global_ids_.Load(); !status.ok()) return status;
  if (absl::Status status = entities_.Load(); !status.ok()) return status;
  if (absl::Status status = entities_.Begin(options_.config->GetString("keyring")); !status.ok())
    return status;
  const auto stored = options_.store->Get(MonStore::kMeta, kRotatingSecrets);
  if (!stored.ok()) return stored.status();
  if (*stored) {
    const absl::Status status = keys_.DecodeSecrets(**stored);
    if (!status.ok())
      return absl::DataLossError(
          absl::StrCat("monitor's store: the rotating secrets cannot be "
                       "read: ",
                       status.message()));
  }
  return Tick();
}

absl::Status AuthService::Tick() { return keys_.Rotate() ? Store() : absl::OkStatus(); }

absl::Status AuthService::Store() {
  MonStore::Batch batch;
  batch.Put(MonStore::kMeta, kRotatingSecrets, keys_.EncodeSecrets());
  return options_.store->Commit(batch);
}

bool AuthService::Adopt(const PeerIdentity& peer, Conversation* conversation) {
  const absl::StatusOr<AuthName> name = AuthName::Parse(peer.entity);
  if (!name.ok()) return false;
  Identity identity;
  identity.name = *name;
  identity.global_id = peer.global_id;
  SetCaps(peer, &identity);
  conversation->identity_ = std::move(identity);
  return true;
}

std::unique_ptr<MAuthReply> AuthService::Handle(const MAuth& request, Conversation* conversation) {
  auto reply = std::make_unique<MAuthReply>();
  reply->set_tid(request.tid());
  reply->protocol = request.protocol;
  if (conversation->identity_) reply->global_id = conversation->identity_->global_id;
  if (request.protocol == kAuthUnknown) {
    Greet(request, conversation, reply.get());
    return reply;
  }
  // A client that is in may ask for new tickets; without authentication there are none.
  if (request.protocol == kAuthNone && conversation->identity_) return reply;
  if (request.protocol != kAuthCephx) {
    Refuse(EOPNOTSUPP, "no such authentication is under way", reply.get());
    return reply;
  }
  const std::string payload = request.auth_payload.ToString();
  if (!conversation->login_) {
    if (!conversation->identity_) {
      Refuse(EACCES, "it has not said who it is", reply.get());
      return reply;
    }
    cephx::KeyServer::Answer answer = keys_.HandleRequest(conversation->identity_->name, payload);
    reply->auth_payload.Append(answer.payload);
    if (answer.result < 0) Refuse(-answer.result, std::move(answer.reason), reply.get());
    return reply;
  }
  cephx::MonLogin& login = *conversation->login_;
  cephx::MonLogin::Answer answer = login.OnRequest(payload);
  reply->auth_payload.Append(answer.payload);
  reply->global_id = login.global_id();
  if (answer.result < 0) Refuse(-answer.result, std::move(answer.reason), reply.get());
  if (login.authenticated() && !conversation->identity_) Adopt(*login.identity(), conversation);
  return reply;
}

void AuthService::Greet(const MAuth& request, Conversation* conversation, MAuthReply* reply) {
  const absl::StatusOr<Greeting> greeting = Greeting::DecodeV1(request.auth_payload.ToString());
  if (!greeting.ok()) return Refuse(EINVAL, std::string(greeting.status().message()), reply);
  const absl::StatusOr<AuthPolicy::Terms> terms = policy_.For(greeting->name.type);
  if (!terms.ok()) return Refuse(EINVAL, std::string(terms.status().message()), reply);
  const std::vector<uint32_t>& offered = greeting->methods;
  const auto method =
      std::find_if(terms->methods.begin(), terms->methods.end(), [&](uint32_t wanted) {
        return std::find(offered.begin(), offered.end(), wanted) != offered.end();
      });
  if (method == terms->methods.end()) {
    return Refuse(EOPNOTSUPP,
                  terms->Allows(kAuthNone)
                      ? "the monitor serves authentication 'none', the client does not"
                      : "the monitor wants authentication 'cephx'; give the client a keyring",
                  reply);
  }
  reply->protocol = *method;
  // Whoever begins again is nobody until it is through.
  conversation->identity_.reset();
  conversation->login_.reset();
  if (*method == kAuthNone)
    return AcceptNone(greeting->name, greeting->global_id, conversation, reply);
  conversation->login_ = std::make_unique<cephx::MonLogin>(&keys_, ConMode::kUnknown);
  cephx::MonLogin::Answer answer = conversation->login_->Start(*greeting);
  reply->global_id = conversation->login_->global_id();
  reply->auth_payload.Append(answer.payload);
  if (answer.result < 0) Refuse(-answer.result, std::move(answer.reason), reply);
}

void AuthService::AcceptNone(const AuthName& name, uint64_t claimed_id, Conversation* conversation,
                             MAuthReply* reply) {
  // Nothing proves that a number is its own; but nothing proves its name either.
  const bool keeps = global_ids_.WasGiven(claimed_id);
  const absl::StatusOr<uint64_t> id = keeps ? claimed_id : global_ids_.Next();
  if (!id.ok()) return Refuse(EIO, std::string(id.status().message()), reply);
  Identity identity;
  identity.name = name;
  identity.global_id = reply->global_id = *id;
  identity.caps = MonCaps::AllowAll();
  conversation->identity_ = std::move(identity);
}

}  // namespace siphon::mon
