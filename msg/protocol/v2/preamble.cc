#include "msg/protocol/v2/preamble.h"

#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "base/crc32c.h"

namespace siphon::v2 {
namespace {

constexpr size_t kSegmentsAt = 2;
constexpr size_t kSegmentSize = 6;
constexpr size_t kFlagsAt = 26;
constexpr uint8_t kFlagCompressed = 1;
constexpr size_t kCrcAt = 28;

template <typename T>
T Get(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

}  // namespace

void Preamble::EncodeTo(char* out) const {
  std::memset(out, 0, kPreambleSize);
  out[0] = static_cast<char>(tag);
  out[1] = static_cast<char>(segment_count);
  for (size_t i = 0; i < segment_count; ++i) {
    char* const at = out + kSegmentsAt + i * kSegmentSize;
    std::memcpy(at, &segments[i].length, sizeof(uint32_t));
    std::memcpy(at + sizeof(uint32_t), &segments[i].alignment, sizeof(uint16_t));
  }
  if (compressed) out[kFlagsAt] = static_cast<char>(kFlagCompressed);
  const uint32_t crc = Crc32c(0, {out, kCrcAt});
  std::memcpy(out + kCrcAt, &crc, sizeof(crc));
}

absl::StatusOr<Preamble> Preamble::Decode(std::string_view bytes) {
  const uint32_t claimed = Get<uint32_t>(bytes, kCrcAt);
  const uint32_t crc = Crc32c(0, bytes.substr(0, kCrcAt));
  if (claimed != crc) {
    return absl::DataLossError(absl::StrFormat(
        "the checksum of a frame's preamble is %08x, and it says %08x", crc, claimed));
  }
  Preamble preamble;
  preamble.tag = static_cast<Tag>(bytes[0]);
  preamble.segment_count = static_cast<uint8_t>(bytes[1]);
  preamble.compressed = (static_cast<uint8_t>(bytes[kFlagsAt]) & kFlagCompressed) != 0;
  if (preamble.segment_count < 1 || preamble.segment_count > kMaxSegments) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a frame of %u segments; there are 1 to 4", preamble.segment_count));
  }
  for (size_t i = 0; i < preamble.segment_count; ++i) {
    const size_t at = kSegmentsAt + i * kSegmentSize;
    preamble.segments[i] = {.length = Get<uint32_t>(bytes, at),
                            .alignment = Get<uint16_t>(bytes, at + sizeof(uint32_t))};
  }
  if (preamble.segment_count > 1 && preamble.segments[preamble.segment_count - 1u].length == 0) {
    return absl::InvalidArgumentError("the last of a frame's segments is empty");
  }
  return preamble;
}

}  // namespace siphon::v2
