// FrameLayout: the sizes of what stands around a frame's segments, in each revision and mode
// (msgr-v2, section 2).
//
//   2.0 crc      preamble | segments | epilogue
//   2.1 crc      preamble | segment 0 | its crc, unless empty | segments 1 to 3 | epilogue, if any
//   2.0 secure   { preamble | padded segments | epilogue } tag
//   2.1 secure   { preamble | 48 bytes of segment 0 } tag
//                | { the rest of padded segment 0 } tag, if any
//                | { padded segments 1 to 3 | epilogue } tag, if any
// Braces are one operation of the cipher.
#ifndef SIPHON_MSG_PROTOCOL_V2_FRAME_LAYOUT_H_
#define SIPHON_MSG_PROTOCOL_V2_FRAME_LAYOUT_H_

#include <cstddef>
#include <cstdint>

#include "msg/protocol/v2/frame_cipher.h"

namespace siphon::v2 {

inline constexpr uint32_t kSegmentCrcSeed = 0xffffffff;
inline constexpr size_t kCrcSize = 4;
inline constexpr size_t kEpilogueSizeRev0 = 17;    // late flags, four crcs
inline constexpr size_t kEpilogueSizeRev1 = 13;    // late status, the crcs of segments 1 to 3
inline constexpr size_t kEpilogueSizeSecure = 16;  // late flags or status, zeros
// How much of segment 0 shares the preamble's operation in 2.1.
inline constexpr size_t kInlineSize = 48;

// 2.0: bit 0 of the late flags. 2.1: the low half of the late status.
inline constexpr uint8_t kLateFlagAborted = 1;
inline constexpr uint8_t kLateStatusMask = 0xf;
inline constexpr uint8_t kLateStatusAborted = 0x1;
inline constexpr uint8_t kLateStatusComplete = 0xe;

constexpr size_t Padded(size_t length) {
  return (length + FrameCipher::kBlock - 1) / FrameCipher::kBlock * FrameCipher::kBlock;
}

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_FRAME_LAYOUT_H_
