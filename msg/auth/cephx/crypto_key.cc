#include "msg/auth/cephx/crypto_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "base/absl_view.h"
#include "base/buffer_list.h"
#include "msg/auth/secrets_equal.h"

namespace siphon::cephx {
namespace {

constexpr unsigned char kIv[] = "cephsageyudagreg";
constexpr size_t kBlock = 16;
// What is encrypted here are tickets and proofs: more is nobody's honest message.
constexpr size_t kMaxBytes = 1 << 20;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// Runs AES over `in`. False when OpenSSL refuses (wrong padding).
bool Run(bool encrypt, const std::string& key, std::string_view in, std::string* out) {
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  if (!context || in.size() > kMaxBytes) return false;
  out->resize(in.size() + kBlock);
  auto* to = reinterpret_cast<unsigned char*>(out->data());
  int n = 0;
  int tail = 0;
  if (EVP_CipherInit_ex(context.get(), EVP_aes_128_cbc(), nullptr,
                        reinterpret_cast<const unsigned char*>(key.data()), kIv, encrypt) != 1 ||
      EVP_CipherUpdate(context.get(), to, &n, reinterpret_cast<const unsigned char*>(in.data()),
                       static_cast<int>(in.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), to + n, &tail) != 1) {
    OPENSSL_cleanse(out->data(), out->size());
    out->clear();
    return false;
  }
  out->resize(static_cast<size_t>(n + tail));
  return true;
}

}  // namespace

CryptoKey::~CryptoKey() { Wipe(); }

CryptoKey& CryptoKey::operator=(const CryptoKey& other) {
  if (this != &other) *this = CryptoKey(other);
  return *this;
}

CryptoKey::CryptoKey(CryptoKey&& other) noexcept
    : type_(other.type_), created_(other.created_), secret_(other.secret_) {
  other.Wipe();
}

CryptoKey& CryptoKey::operator=(CryptoKey&& other) noexcept {
  if (this != &other) {
    Wipe();
    type_ = other.type_;
    created_ = other.created_;
    secret_ = other.secret_;
    other.Wipe();
  }
  return *this;
}

void CryptoKey::Wipe() {
  OPENSSL_cleanse(secret_.data(), secret_.size());
  secret_.clear();
  type_ = Type::kNone;
}

CryptoKey CryptoKey::Generate(absl::Time created, RandomSource& random) {
  CryptoKey key;
  key.type_ = Type::kAes;
  key.created_ = created;
  key.secret_.resize(kAesBytes);
  for (size_t i = 0; i < kAesBytes; i += 8) {
    const uint64_t bits = random.Next();
    std::memcpy(key.secret_.data() + i, &bits, 8);
  }
  return key;
}

absl::StatusOr<CryptoKey> CryptoKey::FromBase64(std::string_view text) {
  std::string bytes;
  const bool is_base64 = absl::Base64Unescape(AbslView(text), &bytes);
  Decoder d(bytes);
  CryptoKey key = is_base64 ? Decode(d) : CryptoKey();
  const bool good = is_base64 && d.ok() && d.remaining() == 0 && !key.empty();
  OPENSSL_cleanse(bytes.data(), bytes.size());
  if (!good) {
    return absl::InvalidArgumentError(
        "not a key: one is the base64 of 28 bytes, as `ceph auth print-key` prints it");
  }
  return key;
}

std::string CryptoKey::ToBase64() const {
  BufferList bytes;
  Encoder e(&bytes);
  Encode(e);
  return absl::Base64Escape(AbslView(bytes.Flatten()));
}

void CryptoKey::Encode(Encoder& e) const {
  e.U16(static_cast<uint16_t>(type_));
  e.Time(created_);
  e.U16(static_cast<uint16_t>(secret_.size()));
  e.Raw(secret_);
}

CryptoKey CryptoKey::Decode(Decoder& d) {
  CryptoKey key;
  const uint16_t type = d.U16();
  const absl::Time created = d.Time();
  const std::string_view secret = d.Raw(d.U16());
  if (!d.ok()) return key;
  if (type == static_cast<uint16_t>(Type::kAes) && secret.size() == kAesBytes) {
    key.type_ = Type::kAes;
    key.secret_ = std::string(secret);
  } else if (type != static_cast<uint16_t>(Type::kNone) || !secret.empty()) {
    d.Fail("a key of a type or length that is not known");
  }
  key.created_ = created;
  return key;
}

std::string CryptoKey::Encrypt(std::string_view plain) const {
  std::string cipher;
  if (!empty()) Run(true, secret_, plain, &cipher);
  return cipher;
}

absl::StatusOr<std::string> CryptoKey::Decrypt(std::string_view cipher) const {
  std::string plain;
  if (empty() || cipher.empty() || !Run(false, secret_, cipher, &plain)) {
    return absl::InvalidArgumentError("not encrypted with this key");
  }
  return plain;
}

bool operator==(const CryptoKey& a, const CryptoKey& b) {
  return a.type_ == b.type_ && SecretsEqual(a.secret_, b.secret_);
}

}  // namespace siphon::cephx
