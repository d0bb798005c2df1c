// dial_race: two messengers dial each other at the same moment, so many times:
//
//   bazel run -c opt //testing/scenarios:dial_race -- --rounds 10000
//
// Exit code: 0 one session each time, 1 not, 2 bad arguments.
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "testing/scenarios/dial_race.h"

int main(int argc, char** argv) {
  uint64_t rounds = 10000;
  const bool defaults = argc == 1;
  if (!defaults && (argc != 3 || std::string_view(argv[1]) != "--rounds" ||
                    !absl::SimpleAtoi(argv[2], &rounds))) {
    absl::FPrintF(stderr, "usage: dial_race [--rounds N]\n");
    return 2;
  }
  const absl::Time begun = absl::Now();
  const siphon::DialRaceResult result = siphon::RunDialRace(rounds);
  absl::PrintF("%d rounds, both connections under way at once in %d of them, in %s\n",
               result.rounds, result.races, absl::FormatDuration(absl::Now() - begun));
  if (result.violation.empty()) return 0;
  absl::PrintF("round %d: %s\n", result.rounds, result.violation);
  return 1;
}
