// DataSlot: where a chunk lies in the data files (data_files.h), and what checks it.
//
// Threads: a value type.
#ifndef SIPHON_SERVICES_OSD_STORE_DATA_SLOT_H_
#define SIPHON_SERVICES_OSD_STORE_DATA_SLOT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace siphon::osd {

struct DataSlot {
  uint32_t file = 0;
  uint32_t index = 0;
  uint32_t crc = 0;  // CRC-32C of its 64 KiB, in Ceph's convention with the seed -1

  // Three little-endian u32.
  std::string Encode() const;
  // Nothing: it is none.
  static std::optional<DataSlot> Decode(std::string_view bytes);

  friend bool operator==(const DataSlot&, const DataSlot&) = default;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_DATA_SLOT_H_
