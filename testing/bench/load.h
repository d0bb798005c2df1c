// Load: one measured run of messages between two processes, and its result.
#ifndef SIPHON_TESTING_BENCH_LOAD_H_
#define SIPHON_TESTING_BENCH_LOAD_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/time/time.h"

namespace siphon::bench {

enum class Pattern {
  kPingPong,  // each message is answered by a small one
  kStream,    // one way; a small one comes back for each half window
};

struct Load {
  Pattern pattern = Pattern::kPingPong;
  size_t size = 64;   // bytes of a message's data
  int in_flight = 1;  // ping-pong: messages not answered yet; stream: the window
  absl::Duration duration = absl::Milliseconds(500);
  bool one_cpu = false;  // both processes on processor 0; else wherever the kernel puts them
};

// Of so many messages in a row the server answers the last.
uint64_t MessagesPerReply(const Load& load);

struct Result {
  uint64_t messages = 0;
  absl::Duration elapsed;
  absl::Duration client_cpu;  // user and system time of the process, during the run
  absl::Duration server_cpu;
  // From the sending of each message that is answered to its answer (at most a million).
  std::vector<uint32_t> latency_nanos;

  double per_second() const {
    return static_cast<double>(messages) / absl::ToDoubleSeconds(elapsed);
  }
  // The latency below which `fraction` of the messages lie; sorts on the first call.
  absl::Duration Percentile(double fraction);
};

// CPU time of this process so far.
absl::Duration ProcessCpu();
// Keeps this process on processor 0.
void PinToFirstCpu();

// Runs `server` in a child process and `client` in this one, with a pipe of bytes between them:
// `server` writes what the client needs to know (its port) with `tell`, and returns when its
// connection ended; what it returns is its CPU time. Ends the process on errors.
Result RunInTwoProcesses(
    const Load& load,
    const std::function<absl::Duration(std::function<void(int port)> tell)>& server,
    const std::function<Result(int port)>& client);

}  // namespace siphon::bench

#endif  // SIPHON_TESTING_BENCH_LOAD_H_
