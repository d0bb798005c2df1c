#include "services/common/process_auth.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/auth/cephx/keyring.h"
#include "msg/auth/cephx/secret_file.h"

namespace siphon {
namespace {

constexpr size_t kMaxKeyFileBytes = 4096;

// Ceph's places.
std::string DefaultKeyrings(const Config& config, const AuthName& name) {
  if (name.type == kEntityOsd) return absl::StrCat(config.GetString("osd_data"), "/keyring");
  return absl::StrCat("/etc/ceph/ceph.", name.ToString(),
                      ".keyring,/etc/ceph/ceph.keyring,/etc/ceph/keyring");
}

absl::StatusOr<cephx::CryptoKey> ParseKey(const std::string& where, std::string_view text) {
  absl::StatusOr<cephx::CryptoKey> key = cephx::CryptoKey::FromBase64(text);
  if (key.ok()) return key;
  return absl::Status(key.status().code(),
                      absl::StrCat(where, ": ", key.status().message(),
                                   "; give what \"ceph auth print-key NAME\" prints"));
}

absl::StatusOr<cephx::CryptoKey> KeyOfFile(const std::string& path) {
  absl::StatusOr<std::string> text = cephx::ReadSecretFile(path, kMaxKeyFileBytes);
  if (!text.ok()) {
    return absl::Status(text.status().code(),
                        absl::StrCat("keyfile: ", text.status().message(),
                                     "; name a file that holds nothing but the key in base64"));
  }
  const absl::string_view line = absl::StripAsciiWhitespace(*text);
  absl::StatusOr<cephx::CryptoKey> key =
      ParseKey(absl::StrCat("keyfile ", path), {line.data(), line.size()});
  cephx::WipeSecret(&*text);
  return key;
}

// The key of `name`, from where the options say that it is.
absl::StatusOr<cephx::CryptoKey> FindKey(const Config& config, const AuthName& name) {
  if (const std::string key = config.GetString("key"); !key.empty()) return ParseKey("key", key);
  if (const std::string path = config.GetString("keyfile"); !path.empty()) return KeyOfFile(path);
  std::string paths = config.GetString("keyring");
  if (paths.empty()) paths = DefaultKeyrings(config, name);
  absl::StatusOr<cephx::Keyring> keyring = cephx::Keyring::LoadFirst(paths);
  if (!keyring.ok()) return keyring.status();
  const cephx::EntityAuth* found = keyring->Find(name);
  if (found == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("the keyring (", paths, ") has no key of ", name.ToString(),
                     "; name another with --keyring, or put the output of \"ceph auth get ",
                     name.ToString(), "\" there"));
  }
  return found->key;
}

// Tells why an exchange failed.
class WatchedExchange final : public AuthClientExchange {
 public:
  WatchedExchange(std::unique_ptr<AuthClientExchange> exchange,
                  std::function<void(const absl::Status&)> on_failure)
      : exchange_(std::move(exchange)), on_failure_(std::move(on_failure)) {}

  absl::StatusOr<Request> Begin() override { return Watch(exchange_->Begin()); }
  absl::StatusOr<Request> OnBadMethod(const BadMethod& bad) override {
    return Watch(exchange_->OnBadMethod(bad));
  }
  absl::StatusOr<std::string> OnReplyMore(std::string_view payload) override {
    return Watch(exchange_->OnReplyMore(payload));
  }
  absl::StatusOr<AuthSecrets> OnDone(uint64_t global_id, ConMode mode,
                                     std::string_view payload) override {
    return Watch(exchange_->OnDone(global_id, mode, payload));
  }

 private:
  template <typename T>
  absl::StatusOr<T> Watch(absl::StatusOr<T> result) {
    if (!result.ok()) on_failure_(result.status());
    return result;
  }

  const std::unique_ptr<AuthClientExchange> exchange_;
  const std::function<void(const absl::Status&)> on_failure_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ProcessAuth>> ProcessAuth::Create(const Config* config,
                                                                 const AuthName& name) {
  const absl::StatusOr<AuthPolicy::Terms> terms = AuthPolicy(config, name.type).For(kEntityMon);
  if (!terms.ok()) return terms.status();
  std::unique_ptr<cephx::RotatingKeys> rotating_keys;
  std::unique_ptr<cephx::CephxClient> cephx;
  std::string no_key;
  if (terms->Allows(kAuthCephx)) {
    absl::StatusOr<cephx::CryptoKey> key = FindKey(*config, name);
    if (!key.ok() && !terms->Allows(kAuthNone)) {
      return absl::Status(key.status().code(),
                          absl::StrCat(key.status().message(),
                                       " (auth_client_required and its kin ask for cephx)"));
    }
    no_key = std::string(key.status().message());
    if (key.ok()) {
      if (name.type != kEntityClient) {
        rotating_keys = std::make_unique<cephx::RotatingKeys>(name.type);
      }
      cephx::CephxClient::Options options;
      options.name = name;
      options.secret = *std::move(key);
      options.rotating_keys = rotating_keys.get();
      cephx = std::make_unique<cephx::CephxClient>(std::move(options));
    }
  }
  std::unique_ptr<ProcessAuth> auth(
      new ProcessAuth(config, name, std::move(cephx), std::move(rotating_keys)));
  auth->client_.set_no_key(std::move(no_key));
  return auth;
}

ProcessAuth::ProcessAuth(const Config* config, const AuthName& name,
                         std::unique_ptr<cephx::CephxClient> cephx,
                         std::unique_ptr<cephx::RotatingKeys> rotating_keys)
    : name_(name),
      policy_(config, name.type),
      rotating_keys_(std::move(rotating_keys)),
      cephx_(std::move(cephx)),
      client_(policy_, name_, cephx_.get()) {}

absl::StatusOr<std::vector<uint32_t>> ProcessAuth::MonMethods() const {
  absl::StatusOr<AuthPolicy::Terms> terms = policy_.For(kEntityMon);
  if (!terms.ok()) return terms.status();
  std::vector<uint32_t> methods = std::move(terms->methods);
  if (cephx_ == nullptr) std::erase(methods, kAuthCephx);
  return methods;
}

bool ProcessAuth::MonsMustBeSecure() const {
  const absl::StatusOr<AuthPolicy::Terms> terms = policy_.For(kEntityMon);
  const auto crc = static_cast<uint32_t>(ConMode::kCrc);
  return terms.ok() &&
         std::find(terms->modes.begin(), terms->modes.end(), crc) == terms->modes.end();
}

uint64_t ProcessAuth::global_id() const {
  if (cephx_ != nullptr && cephx_->global_id() != 0) return cephx_->global_id();
  return client_.global_id();
}

std::unique_ptr<AuthServer> ProcessAuth::NewServer(bool optional) {
  NegotiatingAuthServer::Options options;
  options.self = name_.type;
  options.keys = rotating_keys_.get();
  options.optional = optional;
  return std::make_unique<NegotiatingAuthServer>(policy_, std::move(options));
}

std::unique_ptr<AuthClientExchange> ProcessAuth::NewExchange(EntityType peer_type,
                                                             ProtocolVersion version) {
  std::unique_ptr<AuthClientExchange> exchange = client_.NewExchange(peer_type, version);
  if (peer_type != kEntityMon || !on_mon_refusal_) return exchange;
  return std::make_unique<WatchedExchange>(std::move(exchange), on_mon_refusal_);
}

}  // namespace siphon
