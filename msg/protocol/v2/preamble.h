// Preamble: the 32 bytes before each frame, which tell its tag and the lengths of its segments
// (msgr-v2, section 2). The crc at its end is there in every mode.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_PREAMBLE_H_
#define SIPHON_MSG_PROTOCOL_V2_PREAMBLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "msg/protocol/v2/frame_tag.h"

namespace siphon::v2 {

inline constexpr size_t kPreambleSize = 32;
inline constexpr size_t kMaxSegments = 4;

struct Preamble {
  struct Segment {
    uint32_t length = 0;     // bytes, without padding
    uint16_t alignment = 0;  // of the receiver's memory
  };

  Tag tag{};
  uint8_t segment_count = 1;  // 1 to 4; the last is not empty, unless it is the only one
  std::array<Segment, kMaxSegments> segments{};
  // Segments are compressed, and these are their lengths so (Ceph 17 and later).
  bool compressed = false;

  // Writes kPreambleSize bytes.
  void EncodeTo(char* out) const;
  // `bytes` has kPreambleSize of them. DataLoss: the checksum differs; InvalidArgument: it breaks
  // the rules above.
  static absl::StatusOr<Preamble> Decode(std::string_view bytes);
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_PREAMBLE_H_
