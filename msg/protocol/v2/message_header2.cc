#include "msg/protocol/v2/message_header2.h"

#include <cstring>

namespace siphon::v2 {
namespace {

// As on the wire.
struct __attribute__((packed)) Packed {
  uint64_t seq;
  uint64_t tid;
  uint16_t type;
  uint16_t priority;
  uint16_t version;
  uint32_t data_pre_padding_len;  // unused, 0
  uint16_t data_off;
  uint64_t ack_seq;
  uint8_t flags;
  uint16_t compat_version;
  uint16_t reserved;
};
static_assert(sizeof(Packed) == kMessageHeader2Size);

}  // namespace

void MessageHeader2::EncodeTo(char* out) const {
  Packed p{};
  p.seq = header.seq;
  p.tid = header.tid;
  p.type = header.type;
  p.priority = header.priority;
  p.version = header.version;
  p.data_off = header.data_off;
  p.ack_seq = ack_seq;
  p.flags = flags;
  p.compat_version = header.compat_version;
  std::memcpy(out, &p, sizeof(p));
}

MessageHeader2 MessageHeader2::Decode(std::string_view in) {
  Packed p;
  std::memcpy(&p, in.data(), sizeof(p));
  MessageHeader2 h;
  h.header.seq = p.seq;
  h.header.tid = p.tid;
  h.header.type = p.type;
  h.header.priority = p.priority;
  h.header.version = p.version;
  h.header.data_off = p.data_off;
  h.header.compat_version = p.compat_version;
  h.ack_seq = p.ack_seq;
  h.flags = p.flags;
  return h;
}

}  // namespace siphon::v2
