#include "msg/protocol/v2/expected_tags.h"

namespace siphon::v2 {

bool Expects(State state, Tag tag) {
  switch (state) {
    case State::kHelloConnecting:
    case State::kHelloAccepting:
      return tag == Tag::kHello;

    case State::kAuthConnecting:
      return tag == Tag::kAuthBadMethod || tag == Tag::kAuthReplyMore || tag == Tag::kAuthDone;
    case State::kAuthConnectingSign:
    case State::kAuthAcceptingSign:
      return tag == Tag::kAuthSignature;
    case State::kAuthAccepting:
      return tag == Tag::kAuthRequest;
    case State::kAuthAcceptingMore:
      return tag == Tag::kAuthRequestMore;

    case State::kCompressionConnecting:
      return tag == Tag::kCompressionDone;
    case State::kCompressionAccepting:
      return tag == Tag::kCompressionRequest;

    case State::kSessionConnecting:
      return tag == Tag::kServerIdent || tag == Tag::kIdentMissingFeatures || tag == Tag::kWait;
    case State::kSessionReconnecting:
      return tag == Tag::kSessionReconnectOk || tag == Tag::kSessionReset ||
             tag == Tag::kSessionRetry || tag == Tag::kSessionRetryGlobal || tag == Tag::kWait;
    case State::kSessionAccepting:
      return tag == Tag::kClientIdent || tag == Tag::kSessionReconnect;

    case State::kReady:
      return tag == Tag::kMessage || tag == Tag::kKeepalive2 || tag == Tag::kKeepalive2Ack ||
             tag == Tag::kAck;
    default:
      return false;
  }
}

}  // namespace siphon::v2
