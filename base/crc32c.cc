#include "base/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>

namespace siphon {
namespace {

// Polynomials over GF(2) modulo the Castagnoli polynomial, bit-reflected: bit 31 is x^0.
constexpr uint32_t kPolynomial = 0x82f63b78;
constexpr uint32_t kOne = 1u << 31;

constexpr uint32_t Multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = kOne; bit != 0; bit >>= 1) {
    if (a & bit) product ^= b;
    b = (b & 1) ? (b >> 1) ^ kPolynomial : b >> 1;
  }
  return product;
}

// Entry k is x^(8 * 2^k): what 2^k zero bytes do to a checksum.
constexpr std::array<uint32_t, 64> MakeZeroPowers() {
  std::array<uint32_t, 64> powers{};
  powers[0] = kOne >> 8;
  for (size_t k = 1; k < powers.size(); ++k) powers[k] = Multiply(powers[k - 1], powers[k - 1]);
  return powers;
}
constexpr std::array<uint32_t, 64> kZeroPowers = MakeZeroPowers();

// ISA-L counts in int.
constexpr size_t kMaxStep = 1 << 30;

}  // namespace

uint32_t Crc32c(uint32_t seed, std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t n = std::min(bytes.size(), kMaxStep);
    // ISA-L only reads, though its parameter is not const.
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    seed = crc32_iscsi(data, static_cast<int>(n), seed);
    bytes.remove_prefix(n);
  }
  return seed;
}

uint32_t Crc32cZeros(uint32_t seed, uint64_t n) {
  for (size_t k = 0; n != 0; ++k, n >>= 1) {
    if (n & 1) seed = Multiply(kZeroPowers[k], seed);
  }
  return seed;
}

uint32_t Crc32cConcat(uint32_t crc_a, uint32_t crc_b, uint64_t length_b) {
  return Crc32cZeros(crc_a, length_b) ^ crc_b;
}

}  // namespace siphon
