// Tag: what a msgr v2 frame is (msgr-v2, section 3).
#ifndef SIPHON_MSG_PROTOCOL_V2_FRAME_TAG_H_
#define SIPHON_MSG_PROTOCOL_V2_FRAME_TAG_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace siphon::v2 {

enum class Tag : uint8_t {
  kHello = 1,
  kAuthRequest,
  kAuthBadMethod,
  kAuthReplyMore,
  kAuthRequestMore,
  kAuthDone,
  kAuthSignature,
  kClientIdent,
  kServerIdent,
  kIdentMissingFeatures,
  kSessionReconnect,
  kSessionReset,
  kSessionRetry,
  kSessionRetryGlobal,
  kSessionReconnectOk,
  kWait,
  kMessage,
  kKeepalive2,
  kKeepalive2Ack,
  kAck,
  kCompressionRequest,
  kCompressionDone,
};

// "HELLO"; "UNKNOWN" for a number that is no tag.
constexpr std::string_view TagName(Tag tag) {
  constexpr std::string_view kNames[] = {"UNKNOWN",
                                         "HELLO",
                                         "AUTH_REQUEST",
                                         "AUTH_BAD_METHOD",
                                         "AUTH_REPLY_MORE",
                                         "AUTH_REQUEST_MORE",
                                         "AUTH_DONE",
                                         "AUTH_SIGNATURE",
                                         "CLIENT_IDENT",
                                         "SERVER_IDENT",
                                         "IDENT_MISSING_FEATURES",
                                         "SESSION_RECONNECT",
                                         "SESSION_RESET",
                                         "SESSION_RETRY",
                                         "SESSION_RETRY_GLOBAL",
                                         "SESSION_RECONNECT_OK",
                                         "WAIT",
                                         "MESSAGE",
                                         "KEEPALIVE2",
                                         "KEEPALIVE2_ACK",
                                         "ACK",
                                         "COMPRESSION_REQUEST",
                                         "COMPRESSION_DONE"};
  const size_t i = static_cast<size_t>(tag);
  return kNames[i < std::size(kNames) ? i : 0];
}

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_FRAME_TAG_H_
