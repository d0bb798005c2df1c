// MessageHeader2: the 41 bytes that are a MESSAGE frame's first segment (msgr-v2, section 3;
// packed, little-endian). Verified against captures of Ceph 16.2.
//
// Beside what MessageHeader knows, it carries an acknowledgement and the footer's flags. It has
// neither the segments' lengths, which are the frame's, nor the source, which is the connection's
// peer.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_MESSAGE_HEADER2_H_
#define SIPHON_MSG_PROTOCOL_V2_MESSAGE_HEADER2_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "msg/message_header.h"

namespace siphon::v2 {

inline constexpr size_t kMessageHeader2Size = 41;

struct MessageHeader2 {
  MessageHeader header;  // without lengths and source
  uint64_t ack_seq = 0;  // the last message that the sender got
  uint8_t flags = 0;     // MessageFooter's

  void EncodeTo(char* out) const;  // kMessageHeader2Size bytes
  // `in` has kMessageHeader2Size bytes.
  static MessageHeader2 Decode(std::string_view in);
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_MESSAGE_HEADER2_H_
