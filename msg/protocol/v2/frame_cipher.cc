#include "msg/protocol/v2/frame_cipher.h"

#include <algorithm>
#include <climits>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"

namespace siphon::v2 {
namespace {

unsigned char* Bytes(char* p) { return reinterpret_cast<unsigned char*>(p); }
const unsigned char* Bytes(const char* p) { return reinterpret_cast<const unsigned char*>(p); }

}  // namespace

absl::StatusOr<std::unique_ptr<FrameCipher>> FrameCipher::Create(std::string_view secret,
                                                                 bool connecting,
                                                                 Direction direction,
                                                                 bool revision1) {
  if (secret.size() < kSecretSize) {
    return absl::FailedPreconditionError(absl::StrCat("secure mode needs a connection secret of ",
                                                      kSecretSize, " bytes; authentication gave ",
                                                      secret.size()));
  }
  std::unique_ptr<FrameCipher> cipher(new FrameCipher(direction, revision1));
  const bool acceptor_sends = connecting == (direction == Direction::kReceive);
  const size_t nonce_at = kKeySize + (acceptor_sends ? 0 : kNonceSize);
  std::memcpy(cipher->first_nonce_.data(), secret.data() + nonce_at, kNonceSize);
  cipher->nonce_ = cipher->first_nonce_;
  cipher->context_.reset(EVP_CIPHER_CTX_new());
  const int encrypts = direction == Direction::kSend ? 1 : 0;
  if (cipher->context_ == nullptr ||
      EVP_CipherInit_ex(cipher->context_.get(), EVP_aes_128_gcm(), nullptr, Bytes(secret.data()),
                        nullptr, encrypts) != 1) {
    return absl::InternalError("OpenSSL does not set up AES-128-GCM");
  }
  return cipher;
}

absl::Status FrameCipher::Begin() {
  if (used_ && direction_ == Direction::kSend && nonce_ == first_nonce_) {
    return absl::ResourceExhaustedError(
        "out of nonces: every one of this connection's key was used; it has to be made anew");
  }
  failed_ = EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce_.data(), -1) != 1;
  used_ = true;
  NextNonce();
  return failed_ ? absl::InternalError("OpenSSL does not begin an operation") : absl::OkStatus();
}

// `u32 fixed | u64 counter`, little-endian: 2.1 counts in the counter, 2.0 in the fixed part.
void FrameCipher::NextNonce() {
  if (direction_ == Direction::kSend && Mutated(Mutant::kNonceReused)) return;
  const auto increment = [this](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (++nonce_[i] != 0) return;
    }
  };
  if (revision1_) {
    increment(sizeof(uint32_t), kNonceSize);
  } else {
    increment(0, sizeof(uint32_t));
  }
}

void FrameCipher::SkipNonces(uint32_t n) {
  uint32_t fixed;
  std::memcpy(&fixed, nonce_.data(), sizeof(fixed));
  fixed += n;
  std::memcpy(nonce_.data(), &fixed, sizeof(fixed));
}

void FrameCipher::Update(const char* in, size_t n, char* out) {
  while (n != 0) {
    const int piece = static_cast<int>(std::min<size_t>(n, INT_MAX / 2));
    int written = 0;
    if (EVP_CipherUpdate(context_.get(), Bytes(out), &written, Bytes(in), piece) != 1) {
      failed_ = true;
    }
    in += piece;
    out += piece;
    n -= static_cast<size_t>(piece);
  }
}

void FrameCipher::Seal(char* tag) {
  unsigned char nothing[kBlock];
  int written = 0;
  if (failed_ || EVP_CipherFinal_ex(context_.get(), nothing, &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag) != 1) {
    std::memset(tag, 0, kTagSize);  // which the peer refuses
  }
}

absl::Status FrameCipher::Open(const char* tag) {
  unsigned char expected[kTagSize];
  std::memcpy(expected, tag, kTagSize);
  unsigned char nothing[kBlock];
  int written = 0;
  if (failed_ ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, expected) != 1 ||
      EVP_CipherFinal_ex(context_.get(), nothing, &written) != 1) {
    return absl::DataLossError(
        "a frame's authentication tag does not fit: its bytes were changed on the way, or the keys "
        "differ");
  }
  return absl::OkStatus();
}

}  // namespace siphon::v2
