// FaultInjection: an order to a messenger to misbehave towards one peer, or to stop doing so; for
// tests of what depends on it, through the admin port too.
#ifndef SIPHON_MSG_FAULT_INJECTION_H_
#define SIPHON_MSG_FAULT_INJECTION_H_

#include <string>

namespace siphon {

struct FaultInjection {
  enum class Kind {
    // Breaks the connections with the peer, and lets none come about: dialling fails as if the
    // network did not carry it, and who dials in is not answered.
    kPartition,
    kHeal,
    // Reads nothing from the peer once a connection is open (handshakes go on).
    kPauseReading,
    kResumeReading,
  };

  Kind kind = Kind::kHeal;
  // An address as in "v1:127.0.0.1:6801/4711" (nonce 0 is any), or the name of an entity with which
  // there is a connection ("osd.3"): its address is meant. Empty, for kHeal and kResumeReading:
  // every peer.
  std::string peer;
};

}  // namespace siphon

#endif  // SIPHON_MSG_FAULT_INJECTION_H_
