// MessageSigner: signatures of v1's messages with the session key of cephx (protocol section 8).
//
// There are two forms. With peers that have CEPHX_V2 (Ceph since 12.2.6): header crc, front, middle
// and data crc, lengths and the low half of the sequence number, encrypted and folded. With others:
// the first word of what crcs alone encrypt to, which in truth depends on three bytes of the
// header's crc (CVE-2018-1129); cephx_require_version keeps such peers out.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_AUTH_CEPHX_MESSAGE_SIGNATURE_H_
#define SIPHON_MSG_AUTH_CEPHX_MESSAGE_SIGNATURE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "msg/message_header.h"

namespace siphon::cephx {

// Which form a connection has, by whether both sides have CEPHX_V2.
enum class SignatureForm : uint8_t { kBeforeCephxV2, kCephxV2 };

class MessageSigner {
 public:
  // `session_key` as in AuthSecrets: 16 bytes. Another length makes a signer that verifies nothing.
  explicit MessageSigner(std::string_view session_key,
                         SignatureForm form = SignatureForm::kCephxV2);
  ~MessageSigner();
  MessageSigner(const MessageSigner&) = delete;
  MessageSigner& operator=(const MessageSigner&) = delete;

  // `header_crc` is that of the encoded header; the crcs of the segments are the footer's. Under
  // MessageFooter::kNoCrc they are what the footer carries, too.
  uint64_t Sign(const MessageHeader& header, uint32_t header_crc, const MessageFooter& footer);
  // PermissionDenied: not signed, or not with this key.
  absl::Status Verify(const MessageHeader& header, uint32_t header_crc,
                      const MessageFooter& footer);

 private:
  struct Cipher;
  // The first `size` bytes of what `plain` encrypts to, whole blocks. False: there is no usable
  // key.
  bool Encrypt(const void* plain, size_t size, void* out);

  const SignatureForm form_;
  std::unique_ptr<Cipher> cipher_;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_MESSAGE_SIGNATURE_H_
