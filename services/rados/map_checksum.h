// The checksum at the end of an OSD map and of an incremental: over all bytes but its own four.
#ifndef SIPHON_SERVICES_RADOS_MAP_CHECKSUM_H_
#define SIPHON_SERVICES_RADOS_MAP_CHECKSUM_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"

namespace siphon::rados {

// Computes the checksum of `map`, whose checksum stands at `crc_offset` and in memory at `crc_at`,
// writes it there and returns it.
uint32_t FillMapChecksum(const BufferList& map, size_t crc_offset, char* crc_at);

// DataLoss, with `what` and both values, when the first `end` bytes of `map` do not have the
// checksum `expected`, which was read at `crc_offset`.
absl::Status CheckMapChecksum(const BufferList& map, size_t crc_offset, size_t end,
                              uint32_t expected, std::string_view what);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MAP_CHECKSUM_H_
