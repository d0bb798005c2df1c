#include "msg/auth/cephx/envelope.h"

#include <openssl/crypto.h>

#include <cstdint>
#include <utility>

#include "absl/status/status.h"

namespace siphon::cephx {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint64_t kMagic = 0xff009cad8826aa55;

}  // namespace

std::string Seal(const CryptoKey& key, std::string_view plain) {
  std::string wrapped = Encoded([&](Encoder& e) {
    e.U8(kVersion);
    e.U64(kMagic);
    e.Raw(plain);
  });
  std::string sealed = key.Encrypt(wrapped);
  OPENSSL_cleanse(wrapped.data(), wrapped.size());
  return sealed;
}

absl::StatusOr<std::string> Open(const CryptoKey& key, std::string_view sealed) {
  absl::StatusOr<std::string> wrapped = key.Decrypt(sealed);
  if (wrapped.ok()) {
    Decoder d(*wrapped);
    d.U8();  // the version has never changed and is not checked by Ceph
    const uint64_t magic = d.U64();
    if (d.ok() && magic == kMagic) return std::string(d.Rest());
  }
  return absl::PermissionDeniedError("what is encrypted does not open with our key");
}

void EncodeSealed(Encoder& e, const CryptoKey& key, std::string_view plain) {
  e.String(Seal(key, plain));
}

std::string DecodeSealed(Decoder& d, const CryptoKey& key) {
  const std::string_view sealed = d.StringView();
  if (!d.ok()) return {};
  absl::StatusOr<std::string> plain = Open(key, sealed);
  if (!plain.ok()) {
    d.Fail("what is encrypted does not open with our key");
    return {};
  }
  return *std::move(plain);
}

}  // namespace siphon::cephx
