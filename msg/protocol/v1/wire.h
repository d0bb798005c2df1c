// The fixed-size structures of msgr v1 on the wire (protocol sections 1, 3 and 8; little-endian,
// packed). Verified against captures of Ceph 16.2.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V1_WIRE_H_
#define SIPHON_MSG_PROTOCOL_V1_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message_header.h"

namespace siphon::v1 {

inline constexpr std::string_view kBanner = "ceph v027";

inline constexpr size_t kAddrSize = EntityAddr::kLegacySize;
inline constexpr size_t kConnectSize = 33;
inline constexpr size_t kConnectReplySize = 26;
inline constexpr size_t kHeaderSize = 53;
inline constexpr size_t kFooterSize = 21;     // with MSG_AUTH
inline constexpr size_t kOldFooterSize = 13;  // without: no signature
inline constexpr size_t kStampSize = 8;       // u32 seconds, u32 nanoseconds
inline constexpr size_t kSeqSize = 8;
// No authorizer and no reply to one is longer.
inline constexpr uint32_t kMaxAuthorizer = 4096;

enum class Tag : uint8_t {
  kReady = 1,
  kResetSession = 2,
  kWait = 3,
  kRetrySession = 4,
  kRetryGlobal = 5,
  kClose = 6,
  kMsg = 7,
  kAck = 8,
  kKeepalive = 9,
  kBadProtocolVersion = 10,
  kBadAuthorizer = 11,
  kFeatures = 12,
  kSeq = 13,
  kKeepalive2 = 14,
  kKeepalive2Ack = 15,
  kChallengeAuthorizer = 16,
};
// "READY", ...; "tag N" for none of them.
std::string_view TagName(Tag tag);

inline constexpr uint8_t kFlagLossy = 1;

struct ConnectMsg {
  uint64_t features = 0;
  EntityType host_type = kEntityNone;
  uint32_t global_seq = 0;
  uint32_t connect_seq = 0;
  uint32_t protocol_version = 0;
  uint32_t authorizer_protocol = 0;
  uint32_t authorizer_len = 0;
  uint8_t flags = 0;

  void EncodeTo(char* out) const;  // kConnectSize bytes
  static ConnectMsg Decode(std::string_view in);
};

struct ConnectReply {
  Tag tag = Tag::kReady;
  uint64_t features = 0;
  uint32_t global_seq = 0;
  uint32_t connect_seq = 0;
  uint32_t protocol_version = 0;
  uint32_t authorizer_len = 0;
  uint8_t flags = 0;

  void EncodeTo(char* out) const;  // kConnectReplySize bytes
  static ConnectReply Decode(std::string_view in);
};

// The 53 bytes, the last 4 of which are the checksum of the others (0 when `with_crc` is false).
void EncodeHeader(const MessageHeader& header, bool with_crc, char* out);
// DataLoss: the checksum differs (only when `verify_crc`).
absl::StatusOr<MessageHeader> DecodeHeader(std::string_view in, bool verify_crc);

// 21 or 13 bytes; returns how many.
size_t EncodeFooter(const MessageFooter& footer, bool with_signature, char* out);
MessageFooter DecodeFooter(std::string_view in);

void EncodeStamp(absl::Time stamp, char* out);  // kStampSize bytes
absl::Time DecodeStamp(std::string_view in);

// The protocol version that one side states (section 1): between two of one type, the messenger's
// own; else by the type of the server.
uint32_t ProtocolNumber(EntityType self, EntityType peer, bool connecting,
                        uint32_t cluster_protocol);

}  // namespace siphon::v1

#endif  // SIPHON_MSG_PROTOCOL_V1_WIRE_H_
