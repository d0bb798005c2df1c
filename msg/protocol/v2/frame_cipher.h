// FrameCipher: AES-128-GCM over the frames of one direction of a secure connection (msgr-v2,
// section 2).
//
// Each operation (Begin, any number of Updates, Seal or Open) has a nonce of its own: the first
// takes the one that both sides know from authentication, each further one the next. What Update()
// gave is not to be believed before Open() said so.
//
// The key lives in the cipher's own state, which OpenSSL wipes when it goes.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V2_FRAME_CIPHER_H_
#define SIPHON_MSG_PROTOCOL_V2_FRAME_CIPHER_H_

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace siphon::v2 {

class FrameCipher {
 public:
  static constexpr size_t kBlock = 16;    // segments are padded to a multiple of it
  static constexpr size_t kTagSize = 16;  // bytes
  // Of the connection secret: key, nonce of the acceptor's frames, nonce of the dialler's.
  static constexpr size_t kKeySize = 16;
  static constexpr size_t kNonceSize = 12;
  static constexpr size_t kSecretSize = kKeySize + 2 * kNonceSize;

  enum class Direction { kSend, kReceive };
  // `connecting`: this side dialled. `revision1` tells how nonces are counted.
  // FailedPrecondition: the secret is shorter than kSecretSize. Internal: OpenSSL refuses.
  static absl::StatusOr<std::unique_ptr<FrameCipher>> Create(std::string_view secret,
                                                             bool connecting, Direction direction,
                                                             bool revision1);

  // ResourceExhausted: every nonce of this key was used; nothing more may be sent with it.
  absl::Status Begin();
  // Takes `n` bytes from `in` to `out`, which may be the same.
  void Update(const char* in, size_t n, char* out);
  // Ends an operation of kSend: writes the tag.
  void Seal(char* tag);
  // Ends an operation of kReceive. DataLoss: the tag does not fit; nothing of the operation counts.
  absl::Status Open(const char* tag);
  // As if `n` more operations had been (2.0), for tests of what happens at the last.
  void SkipNonces(uint32_t n);

 private:
  struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };

  FrameCipher(Direction direction, bool revision1) : direction_(direction), revision1_(revision1) {}
  void NextNonce();

  const Direction direction_;
  const bool revision1_;
  std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context_;
  std::array<unsigned char, kNonceSize> first_nonce_{};
  std::array<unsigned char, kNonceSize> nonce_{};
  bool used_ = false;  // any
  bool failed_ = false;
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_FRAME_CIPHER_H_
