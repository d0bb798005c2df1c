// MessageSigner: signatures of v1's messages with the session key of cephx (protocol section 8):
// header crc, front, middle and data crc, lengths and the low half of the sequence number,
// encrypted and folded. The peer must have CEPHX_V2 for this form; Ceph has had it since 12.2.6.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_AUTH_CEPHX_MESSAGE_SIGNATURE_H_
#define SIPHON_MSG_AUTH_CEPHX_MESSAGE_SIGNATURE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "msg/message_header.h"

namespace siphon::cephx {

class MessageSigner {
 public:
  // `session_key` as in AuthSecrets: 16 bytes. Another length makes a signer that verifies nothing.
  explicit MessageSigner(std::string_view session_key);
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
  std::unique_ptr<Cipher> cipher_;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_MESSAGE_SIGNATURE_H_
