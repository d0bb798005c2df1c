// DecideAccept: what becomes of an incoming connection that has said who it is.
//
// The whole of the acceptor's table (protocol section 5, from row 5 on) is one function over plain
// values, so that it can be read, tested row by row, and used by both protocol versions. Rows 1 to
// 4 (version, features, authorizer, anonymous) come before, in the handshake.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_SESSION_ACCEPT_DECISION_H_
#define SIPHON_MSG_PROTOCOL_SESSION_ACCEPT_DECISION_H_

#include <cstdint>
#include <string_view>

namespace siphon {

// What the peer asks for.
struct AcceptRequest {
  uint64_t global_seq = 0;   // of the peer's attempt
  uint64_t connect_seq = 0;  // 0: the peer knows of no session
  // The order of the two addresses, which decides races.
  bool peer_addr_is_less = false;
};

// The session that exists with that peer, if one does.
struct ExistingSession {
  enum class Phase {
    kConnecting,  // this side is dialling, or between two tries
    kOpen,        // or accepted and about to open
    kStandby,
  };
  Phase phase = Phase::kOpen;
  bool lossy = false;
  bool server = false;  // by its policy, this side never dials
  bool resetcheck = false;
  uint64_t connect_seq = 0;
  uint64_t peer_global_seq = 0;
};

enum class AcceptAction {
  kNewSession,    // nothing is known of the peer, nor does it know anything
  kReplaceLossy,  // the old session ends with a reset event; the connection begins a new one
  kAdopt,         // the session goes on, on this connection
  kRetryGlobal,   // the attempt is older than one seen: try again above `seq`
  kRetrySession,  // try again with connect_seq = `seq`
  kResetSession,  // the peer speaks of a session that is not known here
  kWait,          // both dial at once, and this side's own attempt wins
};

struct AcceptDecision {
  AcceptAction action = AcceptAction::kNewSession;
  uint64_t seq = 0;          // for the retries
  bool peer_reset = false;   // kAdopt: the peer started afresh, it counts from 1 again
  bool reset_first = false;  // kAdopt: drop the session's contents and say so (remote reset)
  std::string_view rule;     // the row, for the log and tests
};

// `existing` is null when no session is known.
AcceptDecision DecideAccept(const AcceptRequest& request, const ExistingSession* existing);

}  // namespace siphon

#endif  // SIPHON_MSG_PROTOCOL_SESSION_ACCEPT_DECISION_H_
