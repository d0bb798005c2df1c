// The states of a msgr v2 connection, by the names and in the order of the protocol (msgr-v2,
// section 4).
//
// ConnectionFsm walks through those that have a TCP connection; NONE, STANDBY, WAIT and CLOSED are
// the session's own, between connections.
#ifndef SIPHON_MSG_PROTOCOL_V2_STATE_H_
#define SIPHON_MSG_PROTOCOL_V2_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace siphon::v2 {

enum class State : uint8_t {
  kNone,
  kStartConnect,
  kBannerConnecting,
  kHelloConnecting,
  kAuthConnecting,
  kAuthConnectingSign,
  kCompressionConnecting,
  kSessionConnecting,
  kSessionReconnecting,
  kStartAccept,
  kBannerAccepting,
  kHelloAccepting,
  kAuthAccepting,
  kAuthAcceptingMore,
  kAuthAcceptingSign,
  kCompressionAccepting,
  kSessionAccepting,
  kReady,
  kThrottleMessage,
  kThrottleBytes,
  kThrottleDispatchQueue,
  kThrottleDone,
  kReadMessageComplete,
  kStandby,
  kWait,
  kClosed,
};
inline constexpr size_t kStateCount = static_cast<size_t>(State::kClosed) + 1;

constexpr std::string_view StateName(State state) {
  constexpr std::string_view kNames[kStateCount] = {
      "NONE",
      "START_CONNECT",
      "BANNER_CONNECTING",
      "HELLO_CONNECTING",
      "AUTH_CONNECTING",
      "AUTH_CONNECTING_SIGN",
      "COMPRESSION_CONNECTING",
      "SESSION_CONNECTING",
      "SESSION_RECONNECTING",
      "START_ACCEPT",
      "BANNER_ACCEPTING",
      "HELLO_ACCEPTING",
      "AUTH_ACCEPTING",
      "AUTH_ACCEPTING_MORE",
      "AUTH_ACCEPTING_SIGN",
      "COMPRESSION_ACCEPTING",
      "SESSION_ACCEPTING",
      "READY",
      "THROTTLE_MESSAGE",
      "THROTTLE_BYTES",
      "THROTTLE_DISPATCH_QUEUE",
      "THROTTLE_DONE",
      "READ_MESSAGE_COMPLETE",
      "STANDBY",
      "WAIT",
      "CLOSED",
  };
  return kNames[static_cast<size_t>(state)];
}

// The handshake is over: messages flow.
constexpr bool IsOpen(State s) { return s >= State::kReady && s <= State::kReadMessageComplete; }
// A message's segments are being read, and shares of the throttles are held for it.
constexpr bool IsReadingMessage(State s) {
  return s == State::kThrottleDone || s == State::kReadMessageComplete;
}
// This side dials, and TCP is not established yet.
constexpr bool IsDialling(State s) { return s == State::kStartConnect; }
constexpr bool IsConnecting(State s) {
  return s >= State::kStartConnect && s <= State::kSessionReconnecting;
}
constexpr bool IsAccepting(State s) {
  return s >= State::kStartAccept && s <= State::kSessionAccepting;
}

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_STATE_H_
