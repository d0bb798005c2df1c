#include "services/rados/crush_ln.h"

#include <bit>

namespace siphon::rados {
namespace {

#include "services/rados/crush_ln_tables.inc"

}  // namespace

int64_t CrushLn(uint32_t x) {
  x = (x & 0xffff) + 1;
  // Normalise to [0x8000, 0x10000].
  int exponent = 15;
  if ((x & 0x18000) == 0) {
    const int bits = std::countl_zero(x) - 16;
    x <<= bits;
    exponent = 15 - bits;
  }
  // x = 2^15 * (1 + k / 128) * (1 + rest), so the logarithms of the two factors add up.
  const uint32_t k = (x >> 8) - 128;
  const uint32_t rest =
      static_cast<uint32_t>((static_cast<uint64_t>(x) * kReciprocal[k]) >> 48) & 0xff;
  return (static_cast<int64_t>(exponent) << 44) + ((kLogHigh[k] + kLogLow[rest]) >> 4);
}

}  // namespace siphon::rados
