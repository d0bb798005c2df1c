// SeededRandom: randomness that is the same in each run. Only for tests.
#ifndef SIPHON_MSG_AUTH_CEPHX_SEEDED_RANDOM_H_
#define SIPHON_MSG_AUTH_CEPHX_SEEDED_RANDOM_H_

#include <cstdint>
#include <random>

#include "base/random_source.h"

namespace siphon::cephx {

class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}
  uint64_t Next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_SEEDED_RANDOM_H_
