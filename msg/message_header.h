// MessageHeader, MessageFooter: what travels around a message's segments, as both protocols know it
// (protocol section 8).
#ifndef SIPHON_MSG_MESSAGE_HEADER_H_
#define SIPHON_MSG_MESSAGE_HEADER_H_

#include <cstdint>

#include "msg/entity_name.h"

namespace siphon {

inline constexpr uint16_t kPriorityLow = 64;
inline constexpr uint16_t kPriorityDefault = 127;
inline constexpr uint16_t kPriorityHigh = 196;
inline constexpr uint16_t kPriorityHighest = 255;

struct MessageHeader {
  uint64_t seq = 0;
  uint64_t tid = 0;
  uint16_t type = 0;
  uint16_t priority = 0;  // 0: the messenger's default
  uint16_t version = 0;   // of the payload's encoding
  uint32_t front_len = 0;
  uint32_t middle_len = 0;
  uint32_t data_len = 0;
  uint16_t data_off = 0;  // low bits of the object offset, a hint for alignment
  EntityName src;
  uint16_t compat_version = 0;  // the oldest version whose readers understand this payload
};

struct MessageFooter {
  static constexpr uint8_t kComplete = 1;
  static constexpr uint8_t kNoCrc = 2;  // data_crc is absent
  static constexpr uint8_t kSigned = 4;

  uint32_t front_crc = 0;
  uint32_t middle_crc = 0;
  uint32_t data_crc = 0;
  uint64_t sig = 0;
  uint8_t flags = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_MESSAGE_HEADER_H_
