// DecideFault: what becomes of a session whose connection broke (protocol section 11).
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_SESSION_FAULT_DECISION_H_
#define SIPHON_MSG_PROTOCOL_SESSION_FAULT_DECISION_H_

#include <string_view>

#include "absl/time/time.h"

namespace siphon {

struct FaultInput {
  enum class Stage {
    kDialling,     // TCP is not established yet
    kHandshaking,  // this side dialled, and the handshake is under way
    kOpen,         // or accepted and attached to the session: the peer may believe it open
    kWait,         // the peer asked this side to wait: its own attempt wins
  };
  Stage stage = Stage::kOpen;
  bool lossy = false;
  bool standby = false;            // policy
  bool server = false;             // policy
  bool has_queued = false;         // messages, or a keepalive, wait to be sent
  absl::Duration backoff;          // of the try that failed; zero for the first
  absl::Duration initial_backoff;  // ms_initial_backoff
  absl::Duration max_backoff;      // ms_max_backoff
};

enum class FaultAction {
  kClose,      // ends for good, with a reset event
  kStandby,    // waits for the peer, or for something to send
  kReconnect,  // dials at once, as a new connection of the session (connect_seq + 1)
  kRetry,      // dials after `delay`
};

struct FaultDecision {
  FaultAction action = FaultAction::kClose;
  absl::Duration delay;  // kRetry; also the next FaultInput::backoff
  std::string_view rule;
};

FaultDecision DecideFault(const FaultInput& input);

}  // namespace siphon

#endif  // SIPHON_MSG_PROTOCOL_SESSION_FAULT_DECISION_H_
