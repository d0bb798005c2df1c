// Seal, Open: how cephx wraps what it encrypts: `u8 1 | u64 magic | bytes`, then AES. The magic is
// all that tells the right key from a wrong one, or bytes that were tampered with.
//
// Threads: any.
#ifndef SIPHON_MSG_AUTH_CEPHX_ENVELOPE_H_
#define SIPHON_MSG_AUTH_CEPHX_ENVELOPE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/auth/cephx/crypto_key.h"

namespace siphon::cephx {

// Empty when `key` is.
std::string Seal(const CryptoKey& key, std::string_view plain);
// PermissionDenied: not sealed with `key`. There is one error for all that may be wrong.
absl::StatusOr<std::string> Open(const CryptoKey& key, std::string_view sealed);

// With a u32 length before it.
void EncodeSealed(Encoder& e, const CryptoKey& key, std::string_view plain);
// As Open(); makes `d` fail, too. Empty once `d` has failed.
std::string DecodeSealed(Decoder& d, const CryptoKey& key);

// The bytes that `write(Encoder&)` writes.
template <typename Write>
std::string Encoded(Write&& write) {
  BufferList bytes;
  Encoder e(&bytes);
  write(e);
  return bytes.ToString();
}

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_ENVELOPE_H_
