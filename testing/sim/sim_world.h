// SimWorld: the scheduler. It owns time, the network, chance and the trace of one simulated run.
//
// Actors (a worker's event loop, a dispatch queue) say when they can run; of those that can, the
// seed chooses the next. When none can, time jumps to the earliest moment at which one can. Tasks
// run at their times, in the middle of the rest.
//
// Threads: one.
#ifndef SIPHON_TESTING_SIM_SIM_WORLD_H_
#define SIPHON_TESTING_SIM_SIM_WORLD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "event/event_center.h"
#include "testing/sim/sim_clock.h"
#include "testing/sim/sim_event_driver.h"
#include "testing/sim/sim_network.h"
#include "testing/sim/sim_random.h"
#include "testing/sim/trace.h"

namespace siphon {

class SimActor {
 public:
  virtual ~SimActor() = default;
  // From when on it has something to do; kNever while it has nothing.
  virtual MonoNanos RunnableAt() = 0;
  // Does one piece of it.
  virtual void Run() = 0;
};

class SimWorld {
 public:
  struct Options {
    uint64_t seed = 0;
    NetworkWeather weather;
    // One actor is passed over in nine of ten choices: -1 none, else its place modulo their number.
    int starved = -1;
    // A step takes as many nanoseconds at most.
    uint64_t step_nanos = 20'000;
    bool live_trace = false;
  };
  explicit SimWorld(const Options& options);

  SimClock& clock() { return clock_; }
  SimRandom& random() { return random_; }
  SimNetwork& network() { return network_; }
  Trace& trace() { return trace_; }

  void AddActor(SimActor* actor) { actors_.push_back(actor); }
  void RemoveActor(SimActor* actor) { std::erase(actors_, actor); }

  // Runs `task` outside of any center's round, when `delay` has passed.
  void After(absl::Duration delay, std::function<void()> task);
  // Runs `task` now as a thread of its own would: it is in no worker's center.
  void AsUserThread(const std::function<void()>& task);

  // One step. False: there is nothing to do up to `until`, and time stands there.
  bool Step(MonoNanos until);
  uint64_t steps() const { return steps_; }

 private:
  MonoNanos NextTask() const { return tasks_.empty() ? kNever : tasks_.begin()->first.first; }

  const Options options_;
  SimClock clock_;
  SimRandom random_;
  Trace trace_;
  SimNetwork network_;
  SimDescriptors no_descriptors_;
  EventCenter user_;
  std::vector<SimActor*> actors_;
  std::vector<SimActor*> runnable_;  // of one step
  std::map<std::pair<MonoNanos, uint64_t>, std::function<void()>> tasks_;
  uint64_t next_task_ = 0;
  uint64_t steps_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_WORLD_H_
