#include "services/osd/store/rocksdb_crc32c.h"

#include <string_view>

#include "base/crc32c.h"

namespace rocksdb::crc32c {

uint32_t Extend(uint32_t crc, const char* data, size_t size) {
  return ~siphon::Crc32c(~crc, std::string_view(data, size));
}

}  // namespace rocksdb::crc32c
