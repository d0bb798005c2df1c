// SimRandom: a reproducible source of randomness (SplitMix64), one seed, one sequence.
//
// Threads: one at a time.
#ifndef SIPHON_TESTING_SIM_SIM_RANDOM_H_
#define SIPHON_TESTING_SIM_SIM_RANDOM_H_

#include <cstdint>

#include "base/random_source.h"

namespace siphon {

class SimRandom final : public RandomSource {
 public:
  explicit SimRandom(uint64_t seed) : state_(seed) {}

  uint64_t Next() override {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Uniform in [low, high], both included.
  uint64_t Between(uint64_t low, uint64_t high) { return low + Below(high - low + 1); }

 private:
  uint64_t state_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_RANDOM_H_
