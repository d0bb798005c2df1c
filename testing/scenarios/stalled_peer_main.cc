// stalled_peer: a peer stops reading for a minute; first a session that waits for it, with its long
// queue reported, then one that is closed when its queue is full:
//
//   bazel run --config=opt //testing/scenarios:stalled_peer -- --seconds 60
//
// Exit code: 0 all is right, 1 it is not, 2 bad arguments.
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "testing/scenarios/stalled_peer.h"

int main(int argc, char** argv) {
  uint32_t seconds = 60;
  const bool defaults = argc == 1;
  if (!defaults && (argc != 3 || std::string_view(argv[1]) != "--seconds" ||
                    !absl::SimpleAtoi(argv[2], &seconds) || seconds == 0)) {
    absl::FPrintF(stderr, "usage: stalled_peer [--seconds N]\n");
    return 2;
  }
  int status = 0;
  for (const bool closes : {false, true}) {
    siphon::StalledPeerOptions options;
    options.stall = absl::Seconds(seconds);
    options.closes = closes;
    absl::PrintF("ms_out_queue_max_bytes %d MiB, ms_out_queue_overflow_closes %s, %d s:\n",
                 options.limit >> 20, closes ? "true" : "false", seconds);
    std::fflush(stdout);
    const siphon::StalledPeerResult result = siphon::RunStalledPeer(options);
    absl::PrintF("%s", result.Text());
    std::fflush(stdout);
    if (!result.violation.empty()) status = 1;
  }
  return status;
}
