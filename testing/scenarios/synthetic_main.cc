// synthetic: the synthetic workload, at length:
//
//   bazel run -c opt //testing/scenarios:synthetic -- --failures 30 --min-breaks 10000
//
// --mode stateful|peers_reuse|peers|lossy; --seed S; --operations N; --failures N breaks a
// connection in one of N socket calls; --delays MS holds events back (ms_inject_internal_delays).
// It prints the account. Exit code: 0 it is right, 1 it is not, 2 bad arguments.
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "testing/scenarios/synthetic.h"

namespace {

bool Parse(int argc, char** argv, siphon::SyntheticOptions* options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--mode") {
      if (!siphon::ParseSyntheticMode(argv[i + 1], &options->mode)) return false;
      continue;
    }
    uint64_t number = 0;
    if (!absl::SimpleAtoi(argv[i + 1], &number) || number > 1000000000) return false;
    if (name == "--seed") {
      options->seed = number;
    } else if (name == "--operations") {
      options->operations = number;
    } else if (name == "--min-breaks") {
      options->min_breaks = number;
    } else if (name == "--failures") {
      options->socket_failures = static_cast<int>(number);
    } else if (name == "--delays") {
      options->internal_delays = absl::Milliseconds(number);
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  siphon::SyntheticOptions options;
  if (!Parse(argc, argv, &options) || (options.min_breaks > 0 && options.socket_failures == 0)) {
    absl::FPrintF(stderr,
                  "usage: synthetic [--mode stateful|peers_reuse|peers|lossy] [--seed S] "
                  "[--operations N]\n                 [--failures N [--min-breaks N]] [--delays "
                  "MILLISECONDS]\n");
    return 2;
  }
  absl::PrintF("seed %d: ", options.seed);
  std::fflush(stdout);
  const siphon::SyntheticResult result = siphon::RunSynthetic(options);
  absl::PrintF("%s", result.Text());
  return result.account.violations.empty() ? 0 : 1;
}
