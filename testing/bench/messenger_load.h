// A messenger under load: a client and a server process, one worker each, over loopback.
//
// The client keeps messages in flight from its fast dispatcher, the server answers from its own, so
// that no thread but the workers takes part.
#ifndef SIPHON_TESTING_BENCH_MESSENGER_LOAD_H_
#define SIPHON_TESTING_BENCH_MESSENGER_LOAD_H_

#include "testing/bench/load.h"
#include "testing/sim/sim_protocol.h"

namespace siphon::bench {

// Over one of the protocols, with checksums, or encryption, of each message made afresh; a lossy
// session as a client's to an OSD.
Result RunMessenger(const Load& load, SimProtocol protocol);

}  // namespace siphon::bench

#endif  // SIPHON_TESTING_BENCH_MESSENGER_LOAD_H_
