#include "msg/auth/negotiating_auth_client.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/absl_view.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/client_exchanges.h"

namespace siphon {
namespace {

const char* MethodName(uint32_t method) {
  return method == kAuthCephx ? "cephx" : method == kAuthNone ? "none" : "unknown";
}

std::string MethodNames(const std::vector<uint32_t>& methods) {
  if (methods.empty()) return "nothing";
  return absl::StrJoin(methods, ", ", [](std::string* out, uint32_t method) {
    absl::StrAppend(out, MethodName(method));
  });
}

// Holds the exchange of the method that is being tried.
class Negotiation final : public AuthClientExchange {
 public:
  Negotiation(absl::StatusOr<AuthPolicy::Terms> terms, EntityType peer, ProtocolVersion version,
              std::unique_ptr<AuthClientExchange> none, cephx::CephxClient* cephx,
              const std::string& no_key)
      : terms_(std::move(terms)),
        peer_(peer),
        version_(version),
        none_(std::move(none)),
        cephx_(cephx),
        no_key_(absl::StrCat("this process has no key for cephx",
                             no_key.empty() ? "; give a keyring" : ": ", no_key)) {}

  absl::StatusOr<Request> Begin() override {
    if (!terms_.ok()) return terms_.status();
    if (version_ == ProtocolVersion::kV1 && peer_ == kEntityMon) return Request{};
    absl::Status why = absl::PermissionDeniedError("no method is allowed");
    for (const uint32_t method : terms_->methods) {
      absl::StatusOr<Request> request = Try(method);
      if (request.ok()) return request;
      // The first one preferred says best what is missing.
      if (tried_.size() == 1) why = request.status();
    }
    return why;
  }

  absl::StatusOr<Request> OnBadMethod(const BadMethod& bad) override {
    const auto takes = [&bad](uint32_t method) {
      return std::find(bad.allowed_methods.begin(), bad.allowed_methods.end(), method) !=
             bad.allowed_methods.end();
    };
    for (const uint32_t method : terms_.ok() ? terms_->methods : std::vector<uint32_t>()) {
      if (std::find(tried_.begin(), tried_.end(), method) != tried_.end() || !takes(method)) {
        continue;
      }
      absl::StatusOr<Request> request = Try(method);
      if (request.ok()) return request;
    }
    const uint32_t tried = tried_.empty() ? kAuthUnknown : tried_.back();
    // Not the method was refused, but who is shown by it.
    if (tried == kAuthCephx && bad.result == -EACCES && takes(tried)) {
      return current_->OnBadMethod(bad);
    }
    return absl::PermissionDeniedError(absl::StrCat(
        "the ", AbslView(EntityTypeName(peer_)), " refuses authentication by ", MethodName(tried),
        " (error ", bad.result, "); it takes ", MethodNames(bad.allowed_methods), " in modes ",
        absl::StrJoin(bad.allowed_modes, ", "), " (1 crc, 2 secure), this side ",
        terms_.ok() ? MethodNames(terms_->methods) : "nothing", " in modes ",
        terms_.ok() ? absl::StrJoin(terms_->modes, ", ") : "",
        cephx_ == nullptr && takes(kAuthCephx) ? absl::StrCat("; ", no_key_) : ""));
  }

  absl::StatusOr<std::string> OnReplyMore(std::string_view payload) override {
    if (current_ == nullptr) return absl::InvalidArgumentError("a challenge to nothing shown");
    return current_->OnReplyMore(payload);
  }

  absl::StatusOr<AuthSecrets> OnDone(uint64_t global_id, ConMode mode,
                                     std::string_view payload) override {
    // To monitors v1 shows nothing, and gets nothing.
    if (current_ == nullptr) return AuthSecrets{};
    return current_->OnDone(global_id, mode, payload);
  }

 private:
  absl::StatusOr<Request> Try(uint32_t method) {
    tried_.push_back(method);
    std::vector<uint32_t> modes;
    if (version_ == ProtocolVersion::kV2) {
      modes = terms_->ModesFor(method);
      if (modes.empty()) {
        return absl::FailedPreconditionError(
            "secure mode alone is allowed, for which authentication method none has no key; allow "
            "crc, or use cephx");
      }
    }
    if (method == kAuthNone) {
      current_ = std::move(none_);
    } else if (cephx_ == nullptr) {
      return absl::FailedPreconditionError(absl::StrCat(no_key_, ", or allow method none"));
    } else if (peer_ == kEntityMon) {
      current_ = cephx::NewMonClientExchange(cephx_, std::move(modes));
    } else {
      current_ = cephx::NewServiceClientExchange(cephx_, peer_, std::move(modes));
    }
    return current_->Begin();
  }

  const absl::StatusOr<AuthPolicy::Terms> terms_;
  const EntityType peer_;
  const ProtocolVersion version_;
  std::unique_ptr<AuthClientExchange> none_;
  cephx::CephxClient* const cephx_;
  const std::string no_key_;
  std::unique_ptr<AuthClientExchange> current_;
  std::vector<uint32_t> tried_;
};

}  // namespace

std::unique_ptr<AuthClientExchange> NegotiatingAuthClient::NewExchange(EntityType peer_type,
                                                                       ProtocolVersion version) {
  return std::make_unique<Negotiation>(policy_.For(peer_type), peer_type, version,
                                       none_.NewExchange(peer_type, version), cephx_, no_key_);
}

}  // namespace siphon
