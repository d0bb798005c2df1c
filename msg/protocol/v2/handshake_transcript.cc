#include "msg/protocol/v2/handshake_transcript.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon::v2 {
namespace {

absl::Status Add(std::string* to, std::string_view bytes, std::string_view what) {
  if (to->size() + bytes.size() > HandshakeTranscript::kMaxBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("the handshake takes more than ",
                                                     HandshakeTranscript::kMaxBytes, " bytes ",
                                                     AbslView(what)));
  }
  to->append(bytes);
  return absl::OkStatus();
}

HandshakeTranscript::Signature Hmac(std::string_view key, std::string_view bytes) {
  HandshakeTranscript::Signature signature{};
  if (key.empty()) return signature;
  unsigned int size = signature.size();
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), signature.data(), &size);
  return signature;
}

}  // namespace

absl::Status HandshakeTranscript::AddReceived(std::string_view bytes) {
  return over_ ? absl::OkStatus() : Add(&received_, bytes, "received");
}

absl::Status HandshakeTranscript::AddSent(std::string_view bytes) {
  return over_ ? absl::OkStatus() : Add(&sent_, bytes, "sent");
}

HandshakeTranscript::Signature HandshakeTranscript::Sign(std::string_view session_key) const {
  return Hmac(session_key, received_);
}

bool HandshakeTranscript::Verify(std::string_view session_key, const Signature& signature) const {
  const Signature expected = Hmac(session_key, sent_);
  return CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
}

void HandshakeTranscript::Clear() {
  over_ = true;
  std::string().swap(received_);
  std::string().swap(sent_);
}

}  // namespace siphon::v2
