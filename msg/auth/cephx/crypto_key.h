// CryptoKey: a secret of cephx: of an entity, a session or a service.
//
// Of Ceph's key types this one is known: 1, AES-128-CBC with a fixed IV and PKCS#7 padding. It has
// no integrity of its own (see envelope.h) and is not strong by today's measure; it is what Ceph
// 16.2 speaks. Newer types get their own number.
//
// The bytes are wiped when a key goes. Nothing prints them but ToBase64(), for key files and for
// those who may see keys; there is deliberately no ToString() and no operator<<.
//
// Threads: const methods from any.
#ifndef SIPHON_MSG_AUTH_CEPHX_CRYPTO_KEY_H_
#define SIPHON_MSG_AUTH_CEPHX_CRYPTO_KEY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "base/random_source.h"

namespace siphon::cephx {

class CryptoKey {
 public:
  enum class Type : uint16_t { kNone = 0, kAes = 1 };
  static constexpr size_t kAesBytes = 16;

  CryptoKey() = default;  // none
  ~CryptoKey();
  CryptoKey(const CryptoKey&) = default;
  CryptoKey& operator=(const CryptoKey& other);
  CryptoKey(CryptoKey&& other) noexcept;
  CryptoKey& operator=(CryptoKey&& other) noexcept;

  // A fresh one.
  static CryptoKey Generate(absl::Time created, RandomSource& random);
  // Of the text in keyrings, as "AQBk…==". InvalidArgument: not base64 of a key of a known type;
  // the message does not repeat the text.
  static absl::StatusOr<CryptoKey> FromBase64(std::string_view text);
  std::string ToBase64() const;

  bool empty() const { return type_ == Type::kNone; }
  Type type() const { return type_; }
  absl::Time created() const { return created_; }
  // The bare bytes: what AuthSecrets::session_key carries.
  const std::string& secret() const { return secret_; }

  // u16 type, utime created, u16 length and the bytes.
  void Encode(Encoder& e) const;
  // Fails for a type that is not known. May be none: ask empty().
  static CryptoKey Decode(Decoder& d);

  // Pads and encrypts. Empty when this key is.
  std::string Encrypt(std::string_view plain) const;
  // InvalidArgument: not whole blocks, or wrongly padded: another key's, or garbage.
  absl::StatusOr<std::string> Decrypt(std::string_view cipher) const;

  // In constant time.
  friend bool operator==(const CryptoKey& a, const CryptoKey& b);

 private:
  void Wipe();

  Type type_ = Type::kNone;
  absl::Time created_ = absl::UnixEpoch();
  std::string secret_;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_CRYPTO_KEY_H_
