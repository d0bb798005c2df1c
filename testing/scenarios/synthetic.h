// RunSynthetic: the synthetic workload: messengers on real sockets, at random connected, written to
// and marked down, while their sockets fail; every message is accounted for.
//
// What is done follows from the seed; when the kernel and the threads do their part does not, so a
// seed repeats the operations, not the run. testing/sim repeats runs.
#ifndef SIPHON_TESTING_SCENARIOS_SYNTHETIC_H_
#define SIPHON_TESTING_SCENARIOS_SYNTHETIC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "testing/scenarios/ledger.h"

namespace siphon {

struct SyntheticOptions {
  enum class Mode {
    kStateful,    // lossless clients and stateful servers; now and then the server drops a session
    kPeersReuse,  // lossless_peer_reuse, everyone dials everyone; drops on both ends
    kPeers,       // lossless_peer, everyone dials everyone; no drops, as no reset would tell
    kLossy,       // lossy clients and stateless servers, some connections anonymous
  };

  Mode mode = Mode::kStateful;
  uint64_t seed = 1;
  int servers = 4;  // in the peer modes, servers and clients are peers alike
  int clients = 8;
  int workers = 3;
  size_t max_streams = 64;     // at once
  uint64_t in_flight = 64;     // pings without an answer, in all
  uint64_t operations = 5000;  // at least
  uint64_t min_breaks = 0;     // goes on until so many connections broke,
  uint64_t min_answered = 0;   // and so many pings were answered
  int new_percent = 9;
  int drop_percent = 10;
  int send_percent = 70;  // the rest: pauses
  size_t max_payload = 4 << 20;
  int socket_failures = 0;  // ms_inject_socket_failures
  absl::Duration internal_delays;
  double delay_probability = 0;  // of ms_inject_delay_*, for all types of peers
  absl::Duration delay_max;
  size_t dispatch_throttle = 16 << 20;
  // How long nothing may happen before the workload is stuck.
  absl::Duration patience = absl::Minutes(2);
};

struct SyntheticResult {
  Ledger::Account account;  // with the violations
  uint64_t operations = 0;
  uint64_t breaks = 0;      // connections broken by injected failures
  uint64_t reconnects = 0;  // of sessions that went on
  absl::Duration took;
  // All of it, for people.
  std::string Text() const;
};

SyntheticResult RunSynthetic(const SyntheticOptions& options);

// "stateful", "peers_reuse", "peers", "lossy". False: no such one.
bool ParseSyntheticMode(std::string_view name, SyntheticOptions::Mode* mode);

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_SYNTHETIC_H_
