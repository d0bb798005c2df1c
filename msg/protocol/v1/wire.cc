#include "msg/protocol/v1/wire.h"

#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "base/crc32c.h"

namespace siphon::v1 {
namespace {

// Writes and reads packed fields in turn; sizes are the callers' constants.
class Writer {
 public:
  explicit Writer(char* out) : out_(out) {}
  template <typename T>
  Writer& operator<<(T v) {
    std::memcpy(out_, &v, sizeof(T));
    out_ += sizeof(T);
    return *this;
  }

 private:
  char* out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in.data()) {}
  template <typename T>
  Reader& operator>>(T& v) {
    std::memcpy(&v, in_, sizeof(T));
    in_ += sizeof(T);
    return *this;
  }

 private:
  const char* in_;
};

}  // namespace

std::string_view TagName(Tag tag) {
  switch (tag) {
    case Tag::kReady:
      return "READY";
    case Tag::kResetSession:
      return "RESETSESSION";
    case Tag::kWait:
      return "WAIT";
    case Tag::kRetrySession:
      return "RETRY_SESSION";
    case Tag::kRetryGlobal:
      return "RETRY_GLOBAL";
    case Tag::kClose:
      return "CLOSE";
    case Tag::kMsg:
      return "MSG";
    case Tag::kAck:
      return "ACK";
    case Tag::kKeepalive:
      return "KEEPALIVE";
    case Tag::kBadProtocolVersion:
      return "BADPROTOVER";
    case Tag::kBadAuthorizer:
      return "BADAUTHORIZER";
    case Tag::kFeatures:
      return "FEATURES";
    case Tag::kSeq:
      return "SEQ";
    case Tag::kKeepalive2:
      return "KEEPALIVE2";
    case Tag::kKeepalive2Ack:
      return "KEEPALIVE2_ACK";
    case Tag::kChallengeAuthorizer:
      return "CHALLENGE_AUTHORIZER";
  }
  return "unknown tag";
}

void ConnectMsg::EncodeTo(char* out) const {
  Writer(out) << features << uint32_t{host_type} << global_seq << connect_seq << protocol_version
              << authorizer_protocol << authorizer_len << flags;
}

ConnectMsg ConnectMsg::Decode(std::string_view in) {
  ConnectMsg m;
  uint32_t type;
  Reader(in) >> m.features >> type >> m.global_seq >> m.connect_seq >> m.protocol_version >>
      m.authorizer_protocol >> m.authorizer_len >> m.flags;
  // A type is one bit of a byte; anything beyond is no type.
  m.host_type = type <= 0xff ? static_cast<EntityType>(type) : kEntityNone;
  return m;
}

void ConnectReply::EncodeTo(char* out) const {
  Writer(out) << static_cast<uint8_t>(tag) << features << global_seq << connect_seq
              << protocol_version << authorizer_len << flags;
}

ConnectReply ConnectReply::Decode(std::string_view in) {
  ConnectReply r;
  uint8_t tag;
  Reader(in) >> tag >> r.features >> r.global_seq >> r.connect_seq >> r.protocol_version >>
      r.authorizer_len >> r.flags;
  r.tag = static_cast<Tag>(tag);
  return r;
}

void EncodeHeader(const MessageHeader& h, bool with_crc, char* out) {
  Writer(out) << h.seq << h.tid << h.type << h.priority << h.version << h.front_len << h.middle_len
              << h.data_len << h.data_off << h.src.type << h.src.num << h.compat_version
              << uint16_t{0};
  const uint32_t crc = with_crc ? Crc32c(0, {out, kHeaderSize - 4}) : 0;
  std::memcpy(out + kHeaderSize - 4, &crc, 4);
}

absl::StatusOr<MessageHeader> DecodeHeader(std::string_view in, bool verify_crc) {
  MessageHeader h;
  uint16_t reserved;
  uint32_t crc;
  Reader(in) >> h.seq >> h.tid >> h.type >> h.priority >> h.version >> h.front_len >>
      h.middle_len >> h.data_len >> h.data_off >> h.src.type >> h.src.num >> h.compat_version >>
      reserved >> crc;
  if (verify_crc) {
    const uint32_t computed = Crc32c(0, in.substr(0, kHeaderSize - 4));
    if (computed != crc) {
      return absl::DataLossError(absl::StrFormat(
          "message header checksum is 0x%08x, its bytes give 0x%08x", crc, computed));
    }
  }
  return h;
}

size_t EncodeFooter(const MessageFooter& f, bool with_signature, char* out) {
  if (with_signature) {
    Writer(out) << f.front_crc << f.middle_crc << f.data_crc << f.sig << f.flags;
    return kFooterSize;
  }
  Writer(out) << f.front_crc << f.middle_crc << f.data_crc << f.flags;
  return kOldFooterSize;
}

MessageFooter DecodeFooter(std::string_view in) {
  MessageFooter f;
  Reader r(in);
  r >> f.front_crc >> f.middle_crc >> f.data_crc;
  if (in.size() == kFooterSize) r >> f.sig;
  r >> f.flags;
  return f;
}

void EncodeStamp(absl::Time stamp, char* out) {
  const timespec ts = absl::ToTimespec(stamp);
  Writer(out) << static_cast<uint32_t>(ts.tv_sec) << static_cast<uint32_t>(ts.tv_nsec);
}

absl::Time DecodeStamp(std::string_view in) {
  uint32_t sec, nsec;
  Reader(in) >> sec >> nsec;
  return absl::FromUnixSeconds(sec) + absl::Nanoseconds(nsec);
}

uint32_t ProtocolNumber(EntityType self, EntityType peer, bool connecting,
                        uint32_t cluster_protocol) {
  if (self == peer) return cluster_protocol;
  switch (connecting ? peer : self) {
    case kEntityOsd:
      return 24;
    case kEntityMds:
      return 32;
    case kEntityMon:
      return 15;
    default:
      return 0;
  }
}

}  // namespace siphon::v1
