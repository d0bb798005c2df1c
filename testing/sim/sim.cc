// sim: plays seeds through the messenger, and tells which one breaks a promise.
//
//   bazel run -c opt //testing/sim -- --seeds 100000 --jobs 2
//   bazel run //testing/sim -- --protocol v2-secure --seed 4711 --verbose
//
// Exit code: 0 no violation, 1 a violation (the report went to the standard error), 2 bad
// arguments.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "glog/logging.h"
#include "testing/sim/sim_protocol.h"
#include "testing/sim/simulation.h"

namespace siphon {
namespace {

struct Arguments {
  uint64_t first = 1;
  uint64_t seeds = 1000;
  uint64_t jobs = 1;
  bool one = false;  // --seed
  SimProtocol protocol = SimProtocol::kV1;
  bool verbose = false;  // --verbose
};

constexpr absl::Duration kProgressEvery = absl::Seconds(10);

bool ParseProtocol(std::string_view text, SimProtocol* protocol) {
  for (int i = 0; i < kSimProtocols; ++i) {
    *protocol = static_cast<SimProtocol>(i);
    if (text == ProtocolFlag(*protocol)) return true;
  }
  return false;
}

bool Parse(int argc, char** argv, Arguments* arguments) {
  bool seeds_given = false;
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    if (name == "--verbose") {
      arguments->verbose = true;
      continue;
    }
    std::string value;
    if (const size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < argc) {
      value = argv[++i];
    }
    if (name == "--protocol") {
      if (!ParseProtocol(value, &arguments->protocol)) return false;
      continue;
    }
    uint64_t number = 0;
    if (!absl::SimpleAtoi(value, &number)) return false;
    if (name == "--seeds") {
      arguments->seeds = number;
      seeds_given = true;
    } else if (name == "--seed") {
      arguments->first = number;
      arguments->one = true;
    } else if (name == "--jobs" && number >= 1 && number <= 256) {
      arguments->jobs = number;
    } else {
      return false;
    }
  }
  if (arguments->one && !seeds_given) arguments->seeds = 1;
  return true;
}

// Plays every jobs-th seed from the job-th on.
int RunSeeds(const Arguments& arguments, uint64_t job) {
  const absl::Time begun = absl::Now();
  absl::Time told = begun;
  SimulationResult total;
  uint64_t played = 0;
  for (uint64_t i = job; i < arguments.seeds; i += arguments.jobs) {
    const SimulationResult result = RunSimulation({.seed = arguments.first + i,
                                                   .protocol = arguments.protocol,
                                                   .verbose = arguments.verbose});
    if (!result.ok()) {
      absl::FPrintF(stderr, "%s", result.report);
      return 1;
    }
    ++played;
    total.steps += result.steps;
    total.sent += result.sent;
    total.delivered += result.delivered;
    total.resets += result.resets;
    total.broken_streams += result.broken_streams;
    const absl::Time now = absl::Now();
    if (job == 0 && now - told >= kProgressEvery) {
      told = now;
      absl::FPrintF(stderr, "%u of %u seeds, %.0f a second\n", i + 1, arguments.seeds,
                    static_cast<double>(i + 1) / absl::ToDoubleSeconds(now - begun));
    }
    if (arguments.one && arguments.seeds == 1) {
      absl::PrintF("seed %u: no violation, %u steps, trace %016x\n", arguments.first, result.steps,
                   result.trace_hash);
    }
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begun);
  absl::PrintF(
      "%u seeds in %.1f s (%.2f ms each): %u messages sent, %u delivered, %u resets told, "
      "%u streams broken, %u steps; no violation\n",
      played, seconds, played ? seconds * 1000 / static_cast<double>(played) : 0.0, total.sent,
      total.delivered, total.resets, total.broken_streams, total.steps);
  std::fflush(stdout);
  return 0;
}

int RunJobs(const Arguments& arguments) {
  std::vector<pid_t> children;
  for (uint64_t job = 0; job < arguments.jobs; ++job) {
    const pid_t child = fork();
    if (child < 0) {
      std::perror("fork");
      return 2;
    }
    if (child == 0) _exit(RunSeeds(arguments, job));
    children.push_back(child);
  }
  int code = 0;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) absl::FPrintF(stderr, "a job died of signal %d\n", WTERMSIG(status));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) code = 1;
  }
  return code;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, &arguments)) {
    absl::FPrintF(stderr,
                  "usage: sim [--protocol v1|v2|v2-secure] [--seeds N] [--seed S] [--jobs J]\n"
                  "           [--verbose]\n"
                  "  plays N seeds from S on (1 if not given; only S if N is not given)\n"
                  "  with J processes; --verbose tells all that happens\n");
    return 2;
  }
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = arguments.verbose ? google::GLOG_INFO : google::GLOG_FATAL;
  if (arguments.verbose) FLAGS_v = 2;
  google::InitGoogleLogging(argv[0]);
  ReportSimulationOnDeath();
  return arguments.jobs == 1 ? RunSeeds(arguments, 0) : RunJobs(arguments);
}

}  // namespace
}  // namespace siphon

int main(int argc, char** argv) { return siphon::Main(argc, argv); }
