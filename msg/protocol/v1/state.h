// The states of a msgr v1 connection, by the names and in the order of the protocol (section 12).
//
// ConnectionFsm walks through those that have a TCP connection; NONE, STANDBY, WAIT and CLOSED are
// the session's own, between connections.
#ifndef SIPHON_MSG_PROTOCOL_V1_STATE_H_
#define SIPHON_MSG_PROTOCOL_V1_STATE_H_

#include <cstdint>
#include <string_view>

namespace siphon::v1 {

enum class State : uint8_t {
  kNone,
  kOpen,
  kOpenKeepalive2,
  kOpenKeepalive2Ack,
  kOpenTagAck,
  kOpenMessageHeader,
  kOpenMessageThrottleMessage,
  kOpenMessageThrottleBytes,
  kOpenMessageThrottleDispatchQueue,
  kOpenMessageReadFront,
  kOpenMessageReadMiddle,
  kOpenMessageReadDataPrepare,
  kOpenMessageReadData,
  kOpenMessageReadFooterAndDispatch,
  kOpenTagClose,
  kWaitSend,
  kConnecting,
  kConnectingRe,
  kConnectingWaitBannerAndIdentify,
  kConnectingSendConnectMsg,
  kConnectingWaitConnectReply,
  kConnectingWaitConnectReplyAuth,
  kConnectingWaitAckSeq,
  kConnectingReady,
  kAccepting,
  kAcceptingWaitBannerAddr,
  kAcceptingWaitConnectMsg,
  kAcceptingWaitConnectMsgAuth,
  kAcceptingWaitSeq,
  kAcceptingReady,
  kStandby,
  kClosed,
  kWait,
};

// "STATE_OPEN_MESSAGE_HEADER" is spelt "OPEN_MESSAGE_HEADER" here, as on the admin port.
constexpr std::string_view StateName(State state) {
  constexpr std::string_view kNames[] = {
      "NONE",
      "OPEN",
      "OPEN_KEEPALIVE2",
      "OPEN_KEEPALIVE2_ACK",
      "OPEN_TAG_ACK",
      "OPEN_MESSAGE_HEADER",
      "OPEN_MESSAGE_THROTTLE_MESSAGE",
      "OPEN_MESSAGE_THROTTLE_BYTES",
      "OPEN_MESSAGE_THROTTLE_DISPATCH_QUEUE",
      "OPEN_MESSAGE_READ_FRONT",
      "OPEN_MESSAGE_READ_MIDDLE",
      "OPEN_MESSAGE_READ_DATA_PREPARE",
      "OPEN_MESSAGE_READ_DATA",
      "OPEN_MESSAGE_READ_FOOTER_AND_DISPATCH",
      "OPEN_TAG_CLOSE",
      "WAIT_SEND",
      "CONNECTING",
      "CONNECTING_RE",
      "CONNECTING_WAIT_BANNER_AND_IDENTIFY",
      "CONNECTING_SEND_CONNECT_MSG",
      "CONNECTING_WAIT_CONNECT_REPLY",
      "CONNECTING_WAIT_CONNECT_REPLY_AUTH",
      "CONNECTING_WAIT_ACK_SEQ",
      "CONNECTING_READY",
      "ACCEPTING",
      "ACCEPTING_WAIT_BANNER_ADDR",
      "ACCEPTING_WAIT_CONNECT_MSG",
      "ACCEPTING_WAIT_CONNECT_MSG_AUTH",
      "ACCEPTING_WAIT_SEQ",
      "ACCEPTING_READY",
      "STANDBY",
      "CLOSED",
      "WAIT",
  };
  return kNames[static_cast<size_t>(state)];
}

// The handshake is over: messages flow.
constexpr bool IsOpen(State s) { return s >= State::kOpen && s <= State::kOpenTagClose; }
// The body of a message is being read, and shares of the throttles are held for it.
constexpr bool IsReadingMessage(State s) {
  return s >= State::kOpenMessageReadFront && s <= State::kOpenMessageReadFooterAndDispatch;
}
// This side dials, and TCP is not established yet.
constexpr bool IsDialling(State s) { return s == State::kConnecting || s == State::kConnectingRe; }
constexpr bool IsConnecting(State s) {
  return s >= State::kConnecting && s <= State::kConnectingReady;
}
constexpr bool IsAccepting(State s) {
  return s >= State::kAccepting && s <= State::kAcceptingReady;
}

}  // namespace siphon::v1

#endif  // SIPHON_MSG_PROTOCOL_V1_STATE_H_
