#include "services/rados/map_checksum.h"

#include <cstring>

#include "absl/strings/str_format.h"
#include "base/absl_view.h"

namespace siphon::rados {
namespace {

uint32_t ChecksumAround(const BufferList& map, size_t crc_offset, size_t end) {
  const uint32_t head = map.Substr(0, crc_offset).Crc32c(0xffffffff);
  return map.Substr(crc_offset + 4, end - crc_offset - 4).Crc32c(head);
}

}  // namespace

uint32_t FillMapChecksum(const BufferList& map, size_t crc_offset, char* crc_at) {
  const uint32_t crc = ChecksumAround(map, crc_offset, map.size());
  std::memcpy(crc_at, &crc, 4);
  return crc;
}

absl::Status CheckMapChecksum(const BufferList& map, size_t crc_offset, size_t end,
                              uint32_t expected, std::string_view what) {
  const uint32_t crc = ChecksumAround(map, crc_offset, end);
  if (crc == expected) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat(
      "%s has checksum 0x%08x, expected 0x%08x; fetch it again", AbslView(what), crc, expected));
}

}  // namespace siphon::rados
