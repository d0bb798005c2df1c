// RocksDB's checksum function, with our own behind it.
//
// Debian builds librocksdb for any amd64, where its CRC-32C is a loop over tables: half of what an
// OSD computed under writes of 4 MiB. A program that links this target has ISA-L's in its place, by
// the rule that of two functions with a name the one nearer to the program is taken, also by the
// library. The values are the same. Should a librocksdb no longer call the function by name, all
// works as before, only slower; rocksdb_crc32c_test tells.
//
// Threads: any.
#ifndef SIPHON_SERVICES_OSD_STORE_ROCKSDB_CRC32C_H_
#define SIPHON_SERVICES_OSD_STORE_ROCKSDB_CRC32C_H_

#include <cstddef>
#include <cstdint>

namespace rocksdb::crc32c {

// The usual CRC-32C of a||b, `crc` being that of a (0 if a is empty), and b the `size` bytes of
// `data`.
uint32_t Extend(uint32_t crc, const char* data, size_t size);

}  // namespace rocksdb::crc32c

#endif  // SIPHON_SERVICES_OSD_STORE_ROCKSDB_CRC32C_H_
