// The payloads of msgr v2's control frames: one segment each, fields concatenated, little-endian
// (msgr-v2, section 3). Verified against captures of Ceph 16.2.
//
// Every structure has its tag, Encode(), and Decode(), which reads what a peer sent: it never
// allocates more than the payload's own size, and a short payload makes the Decoder fail. Bytes
// behind the known fields are a newer version's, and are ignored.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_CONTROL_FRAMES_H_
#define SIPHON_MSG_PROTOCOL_V2_CONTROL_FRAMES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/absl_view.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/protocol/v2/frame_tag.h"

namespace siphon::v2 {

inline constexpr uint64_t kIdentFlagLossy = 1;
inline constexpr size_t kSignatureSize = 32;  // HMAC-SHA256
// Sequence numbers begin at 0 and grow by one; a peer that names a greater one means harm.
inline constexpr uint64_t kMaxCount = uint64_t{1} << 62;

struct HelloFrame {
  static constexpr Tag kTag = Tag::kHello;
  EntityType entity_type = kEntityNone;
  EntityAddr peer_addr;  // as the sender sees the receiver
  void Encode(Encoder& e) const;
  static HelloFrame Decode(Decoder& d);
};

struct AuthRequestFrame {
  static constexpr Tag kTag = Tag::kAuthRequest;
  uint32_t method = 0;
  std::vector<uint32_t> preferred_modes;
  std::string payload;
  void Encode(Encoder& e) const;
  static AuthRequestFrame Decode(Decoder& d);
};

struct AuthBadMethodFrame {
  static constexpr Tag kTag = Tag::kAuthBadMethod;
  uint32_t method = 0;
  int32_t result = 0;  // negative errno
  std::vector<uint32_t> allowed_methods;
  std::vector<uint32_t> allowed_modes;
  void Encode(Encoder& e) const;
  static AuthBadMethodFrame Decode(Decoder& d);
};

struct AuthReplyMoreFrame {
  static constexpr Tag kTag = Tag::kAuthReplyMore;
  std::string payload;
  void Encode(Encoder& e) const;
  static AuthReplyMoreFrame Decode(Decoder& d);
};

struct AuthRequestMoreFrame {
  static constexpr Tag kTag = Tag::kAuthRequestMore;
  std::string payload;
  void Encode(Encoder& e) const;
  static AuthRequestMoreFrame Decode(Decoder& d);
};

struct AuthDoneFrame {
  static constexpr Tag kTag = Tag::kAuthDone;
  uint64_t global_id = 0;
  uint32_t con_mode = 0;
  std::string payload;
  void Encode(Encoder& e) const;
  static AuthDoneFrame Decode(Decoder& d);
};

struct AuthSignatureFrame {
  static constexpr Tag kTag = Tag::kAuthSignature;
  std::array<uint8_t, kSignatureSize> signature{};
  void Encode(Encoder& e) const;
  static AuthSignatureFrame Decode(Decoder& d);
};

struct ClientIdentFrame {
  static constexpr Tag kTag = Tag::kClientIdent;
  EntityAddrVec addrs;
  EntityAddr target;  // the address dialled
  int64_t gid = -1;   // the number of the entity's name
  uint64_t global_seq = 0;
  uint64_t features_supported = 0;
  uint64_t features_required = 0;
  uint64_t flags = 0;
  uint64_t cookie = 0;  // the client's
  void Encode(Encoder& e) const;
  static ClientIdentFrame Decode(Decoder& d);
};

struct ServerIdentFrame {
  static constexpr Tag kTag = Tag::kServerIdent;
  EntityAddrVec addrs;
  int64_t gid = -1;
  uint64_t global_seq = 0;
  uint64_t features_supported = 0;
  uint64_t features_required = 0;
  uint64_t flags = 0;
  uint64_t cookie = 0;  // the server's
  void Encode(Encoder& e) const;
  static ServerIdentFrame Decode(Decoder& d);
};

struct IdentMissingFeaturesFrame {
  static constexpr Tag kTag = Tag::kIdentMissingFeatures;
  uint64_t features = 0;
  void Encode(Encoder& e) const;
  static IdentMissingFeaturesFrame Decode(Decoder& d);
};

struct SessionReconnectFrame {
  static constexpr Tag kTag = Tag::kSessionReconnect;
  EntityAddrVec addrs;
  uint64_t client_cookie = 0;
  uint64_t server_cookie = 0;
  uint64_t global_seq = 0;
  uint64_t connect_seq = 0;
  uint64_t msg_seq = 0;  // the last message that the sender got
  void Encode(Encoder& e) const;
  static SessionReconnectFrame Decode(Decoder& d);
};

struct SessionResetFrame {
  static constexpr Tag kTag = Tag::kSessionReset;
  bool full = false;
  void Encode(Encoder& e) const;
  static SessionResetFrame Decode(Decoder& d);
};

struct SessionRetryFrame {
  static constexpr Tag kTag = Tag::kSessionRetry;
  uint64_t connect_seq = 0;
  void Encode(Encoder& e) const;
  static SessionRetryFrame Decode(Decoder& d);
};

struct SessionRetryGlobalFrame {
  static constexpr Tag kTag = Tag::kSessionRetryGlobal;
  uint64_t global_seq = 0;
  void Encode(Encoder& e) const;
  static SessionRetryGlobalFrame Decode(Decoder& d);
};

struct SessionReconnectOkFrame {
  static constexpr Tag kTag = Tag::kSessionReconnectOk;
  uint64_t msg_seq = 0;  // the last message that the sender got
  void Encode(Encoder& e) const;
  static SessionReconnectOkFrame Decode(Decoder& d);
};

struct WaitFrame {
  static constexpr Tag kTag = Tag::kWait;
  void Encode(Encoder&) const {}
  static WaitFrame Decode(Decoder&) { return {}; }
};

struct Keepalive2Frame {
  static constexpr Tag kTag = Tag::kKeepalive2;
  absl::Time stamp = absl::InfinitePast();
  void Encode(Encoder& e) const;
  static Keepalive2Frame Decode(Decoder& d);
};

struct Keepalive2AckFrame {
  static constexpr Tag kTag = Tag::kKeepalive2Ack;
  absl::Time stamp = absl::InfinitePast();
  void Encode(Encoder& e) const;
  static Keepalive2AckFrame Decode(Decoder& d);
};

struct AckFrame {
  static constexpr Tag kTag = Tag::kAck;
  uint64_t seq = 0;
  void Encode(Encoder& e) const;
  static AckFrame Decode(Decoder& d);
};

template <typename Frame>
BufferList EncodePayload(const Frame& frame) {
  BufferList payload;
  Encoder e(&payload);
  frame.Encode(e);
  return payload;
}

// InvalidArgument: the payload is no such frame's.
template <typename Frame>
absl::StatusOr<Frame> DecodePayload(std::string_view payload) {
  Decoder d(payload);
  Frame frame = Frame::Decode(d);
  if (!d.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("the peer's ", AbslView(TagName(Frame::kTag)),
                                                   " frame of ", payload.size(),
                                                   " bytes: ", d.status().message()));
  }
  return frame;
}

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_CONTROL_FRAMES_H_
