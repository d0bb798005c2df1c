// CRC-32C (Castagnoli) in Ceph's convention: the seed is given and nothing is inverted, neither
// before nor after. The usual CRC-32C of x is ~Crc32c(0xffffffff, x). Computed by ISA-L, which
// chooses the fastest code for the CPU at run time.
//
// Threads: any.
#ifndef SIPHON_BASE_CRC32C_H_
#define SIPHON_BASE_CRC32C_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace siphon {

// The checksum of `bytes`, continuing from `seed` (the checksum of what came before).
uint32_t Crc32c(uint32_t seed, std::string_view bytes);

// Crc32c(seed, n zero bytes) in O(log n).
uint32_t Crc32cZeros(uint32_t seed, uint64_t n);

// The checksum of a||b from seed-0 checksums: `crc_a` of a (with any seed), `crc_b` of b with seed
// 0, and b's length in bytes.
uint32_t Crc32cConcat(uint32_t crc_a, uint32_t crc_b, uint64_t length_b);

}  // namespace siphon

#endif  // SIPHON_BASE_CRC32C_H_
