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
// What goes before the crcs in the older form, as before anything that cephx encrypts: a version, a
// magic number and the length.
constexpr uint64_t kMagic = 0xff009cad8826aa55;
constexpr uint32_t kCrcsBytes = 4 * sizeof(uint32_t);

}  // namespace

struct MessageSigner::Cipher {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  bool usable = false;
  ~Cipher() { EVP_CIPHER_CTX_free(context); }
};

MessageSigner::MessageSigner(std::string_view session_key, SignatureForm form)
    : form_(form), cipher_(std::make_unique<Cipher>()) {
  cipher_->usable =
      cipher_->context != nullptr && session_key.size() == kKeyBytes &&
      EVP_EncryptInit_ex(cipher_->context, EVP_aes_128_cbc(), nullptr,
                         reinterpret_cast<const unsigned char*>(session_key.data()), kIv) == 1;
}

MessageSigner::~MessageSigner() = default;

bool MessageSigner::Encrypt(const void* plain, size_t size, void* out) {
  int n = 0;
  // Whole blocks come out at once; the context keeps the key, and begins at the IV again.
  cipher_->usable =
      cipher_->usable &&
      EVP_EncryptInit_ex(cipher_->context, nullptr, nullptr, nullptr, kIv) == 1 &&
      EVP_EncryptUpdate(cipher_->context, static_cast<unsigned char*>(out), &n,
                        static_cast<const unsigned char*>(plain), static_cast<int>(size)) == 1 &&
      n == static_cast<int>(size);
  return cipher_->usable;
}

uint64_t MessageSigner::Sign(const MessageHeader& header, uint32_t header_crc,
                             const MessageFooter& footer) {
  // Room for the block that padding would add: it never comes out.
  std::array<uint64_t, (32 + kBlockBytes) / sizeof(uint64_t)> words{};
  if (form_ == SignatureForm::kBeforeCephxV2) {
    // Later blocks do not count in the first word of the first.
    char plain[kBlockBytes] = {1};
    std::memcpy(plain + 1, &kMagic, sizeof(kMagic));
    std::memcpy(plain + 9, &kCrcsBytes, sizeof(kCrcsBytes));
    std::memcpy(plain + 13, &header_crc, 3);
    return Encrypt(plain, sizeof(plain), words.data()) ? words[0] : 0;
  }
  const std::array<uint32_t, 8> plain = {
      header_crc,        footer.front_crc, header.front_len, footer.middle_crc,
      header.middle_len, footer.data_crc,  header.data_len,  static_cast<uint32_t>(header.seq)};
  if (!Encrypt(plain.data(), sizeof(plain), words.data())) return 0;
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
