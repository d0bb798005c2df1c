// RandomSource: where randomness comes from. Injected, so that a whole run follows from one seed.
//
// Threads: any (the process's source locks; the simulator's is single-threaded).
#ifndef SIPHON_BASE_RANDOM_SOURCE_H_
#define SIPHON_BASE_RANDOM_SOURCE_H_

#include <cstdint>

namespace siphon {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual uint64_t Next() = 0;  // 64 uniform bits

  // Uniform in [0, bound); 0 when bound is 0.
  uint64_t Below(uint64_t bound) { return bound ? Next() % bound : 0; }
  // True once in `n` times on average; never when n is 0.
  bool OneIn(uint64_t n) { return n != 0 && Below(n) == 0; }
  // Uniform in [0, 1).
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

  // The kernel's random bytes; never destroyed.
  static RandomSource& Real();
};

}  // namespace siphon

#endif  // SIPHON_BASE_RANDOM_SOURCE_H_
