// Trace: what happened in a simulated run: the last lines to read, and a hash over all of them.
//
// Two runs of one seed have the same hash; a run that differs anywhere has another.
//
// Cost: a line is a few numbers until somebody reads it. Threads: one.
#ifndef SIPHON_TESTING_SIM_TRACE_H_
#define SIPHON_TESTING_SIM_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "testing/sim/sim_clock.h"

namespace siphon {

class Trace {
 public:
  static constexpr size_t kLines = 600;  // kept

  // `clock` outlives the trace. `live`: lines go to the standard error as they come, too.
  Trace(const SimClock* clock, bool live) : clock_(clock), live_(live) { ring_.reserve(64); }

  // `what` lives for ever (a literal); $0, $1 and $2 stand for the numbers. `node` < 0: the world.
  void Add(int node, const char* what, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0);

  uint64_t hash() const { return hash_; }
  size_t lines() const { return count_; }
  // The lines that are kept, oldest first.
  std::string Text() const;

 private:
  struct Line {
    MonoNanos at;
    const char* what;
    int node;
    uint64_t a, b, c;
  };
  static std::string Format(const Line& line);

  const SimClock* const clock_;
  const bool live_;
  std::vector<Line> ring_;
  size_t count_ = 0;
  uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_TRACE_H_
