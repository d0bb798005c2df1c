#include "msg/auth/cephx/message_signature.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "msg/auth/secrets_equal.h"

namespace siphon::cephx {
namespace {

constexpr unsigned char kIv[] = "cephsageyudagreg";
constexpr size_t kKeyBytes = 16;
constexpr size_t kBlockBytes = 16;
// What is encrypted, and how much longer padding makes it; the padding is not folded in.
constexpr size_t kPlainBytes = 32;

}  // namespace

struct MessageSigner::Cipher {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  bool usable = false;
  ~Cipher() { EVP_CIPHER_CTX_free(context); }
};

MessageSigner::MessageSigner(std::string_view session_key) : cipher_(std::make_unique<Cipher>()) {
  cipher_->usable =
      cipher_->context != nullptr && session_key.size() == kKeyBytes &&
      EVP_EncryptInit_ex(cipher_->context, EVP_aes_128_cbc(), nullptr,
                         reinterpret_cast<const unsigned char*>(session_key.data()), kIv) == 1;
}

MessageSigner::~MessageSigner() = default;

uint64_t MessageSigner::Sign(const MessageHeader& header, uint32_t header_crc,
                             const MessageFooter& footer) {
  const std::array<uint32_t, 8> plain = {
      header_crc,        footer.front_crc, header.front_len, footer.middle_crc,
      header.middle_len, footer.data_crc,  header.data_len,  static_cast<uint32_t>(header.seq)};
  static_assert(sizeof(plain) == kPlainBytes);
  std::array<unsigned char, kPlainBytes + kBlockBytes> cipher{};
  int n = 0;
  // Whole blocks come out at once; the context keeps the key, and begins at the IV again.
  if (!cipher_->usable ||
      EVP_EncryptInit_ex(cipher_->context, nullptr, nullptr, nullptr, kIv) != 1 ||
      EVP_EncryptUpdate(cipher_->context, cipher.data(), &n,
                        reinterpret_cast<const unsigned char*>(plain.data()), kPlainBytes) != 1 ||
      n != static_cast<int>(kPlainBytes)) {
    cipher_->usable = false;
    return 0;
  }
  std::array<uint64_t, kPlainBytes / 8> words;
  std::memcpy(words.data(), cipher.data(), kPlainBytes);
  return words[0] ^ words[1] ^ words[2] ^ words[3];
}

absl::Status MessageSigner::Verify(const MessageHeader& header, uint32_t header_crc,
                                   const MessageFooter& footer) {
  if ((footer.flags & MessageFooter::kSigned) == 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("message ", header.seq, " is not signed, as cephx wants it"));
  }
  const uint64_t expected = Sign(header, header_crc, footer);
  if (!cipher_->usable || !SecretsEqual(expected, footer.sig)) {
    return absl::PermissionDeniedError(
        absl::StrCat("the signature of message ", header.seq, " (type ", header.type,
                     ") is wrong: it was changed on the way, or the session keys differ"));
  }
  return absl::OkStatus();
}

}  // namespace siphon::cephx
