// RunSimulation: one seed from beginning to end: the scenario is drawn, played, calmed down, and
// judged.
//
// Cost: a millisecond or two, optimised. Threads: one at a time in a process (messages are
// counted).
#ifndef SIPHON_TESTING_SIM_SIMULATION_H_
#define SIPHON_TESTING_SIM_SIMULATION_H_

#include <cstdint>
#include <string>

#include "testing/sim/sim_protocol.h"

namespace siphon {

struct SimulationOptions {
  uint64_t seed = 1;
  SimProtocol protocol = SimProtocol::kV1;
  bool verbose = false;  // the trace goes to the standard error as it comes
};

struct SimulationResult {
  std::string violation;  // empty: none
  std::string report;     // of a violation: scenario, trace and how to replay
  uint64_t trace_hash = 0;
  uint64_t steps = 0;
  uint64_t sent = 0;
  uint64_t delivered = 0;
  uint64_t resets = 0;  // that dispatchers were told of
  uint64_t broken_streams = 0;
  bool ok() const { return violation.empty(); }
};

SimulationResult RunSimulation(const SimulationOptions& options);

// Makes a failed check or a crash inside the engine print the report of the running simulation
// before the process ends. For programs.
void ReportSimulationOnDeath();

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIMULATION_H_
