// DecideAcceptV2: what becomes of an incoming v2 connection that has said who it is: the two tables
// of the protocol (msgr-v2, section 5) as one function over plain values, as DecideAccept() is for
// v1.
//
// A connection either begins a session (CLIENT_IDENT) or goes on with one (SESSION_RECONNECT).
// Anonymous clients (their policy is lossy and server, and they are not registered) come past this.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_SESSION_ACCEPT_DECISION_V2_H_
#define SIPHON_MSG_PROTOCOL_SESSION_ACCEPT_DECISION_V2_H_

#include <cstdint>
#include <string_view>

namespace siphon {

// What the peer asks for.
struct AcceptRequestV2 {
  bool reconnect = false;      // SESSION_RECONNECT, else CLIENT_IDENT
  uint64_t client_cookie = 0;  // as the peer gives it; 0 from a lossy client
  uint64_t global_seq = 0;     // of the peer's attempt
  uint64_t connect_seq = 0;    // SESSION_RECONNECT: how often it has come back
  // The order of the two sides' v2 addresses, which decides races.
  bool peer_addr_is_less = false;
};

// The session that exists with that peer, if one does.
struct ExistingSessionV2 {
  enum class Phase {
    kConnecting,  // this side is dialling, or between two tries
    kOpen,
    kStandby,
  };
  Phase phase = Phase::kOpen;
  bool other_protocol = false;  // its connections are v1's
  bool replacing = false;       // another accepted connection is just taking it over
  bool lossy = false;
  bool server = false;  // by its policy, this side never dials
  bool resetcheck = false;
  uint64_t client_cookie = 0;
  uint64_t server_cookie = 0;
  uint64_t connect_seq = 0;
  uint64_t peer_global_seq = 0;
};

enum class AcceptActionV2 {
  kNewSession,      // the connection begins a session of its own
  kReplace,         // the old session is marked down (told to nobody), and a new one begins
  kReplaceLossy,    // the old session ends with a reset event, and a new one begins
  kAdoptNew,        // the session begins anew on this connection: SERVER_IDENT
  kAdoptReconnect,  // the session goes on, on this connection: SESSION_RECONNECT_OK
  kRetryGlobal,     // the attempt is older than one seen: try again above `seq`
  kRetrySession,    // try again above connect_seq = `seq`
  kResetSession,    // the peer speaks of a session that is not known here
  kWait,  // both dial at once, and this side's attempt wins: a keepalive carries it through
  kDrop,  // the connection is stale: closed without an answer
};

struct AcceptDecisionV2 {
  AcceptActionV2 action = AcceptActionV2::kNewSession;
  uint64_t seq = 0;          // for the retries
  bool full_reset = false;   // kResetSession: the peer is to drop its messages, too
  bool reset_first = false;  // kAdoptNew: drop the session's contents and say so (remote reset)
  // kResetSession: give up this side's own attempt. The peer has left it, and a SERVER_IDENT that
  // is still on its way would make known a session that the peer is about to establish once more,
  // with messages that it would then repeat.
  bool drop_attempt = false;
  std::string_view rule;  // the row, for the log and tests
};

// `existing` is null when no session is known.
AcceptDecisionV2 DecideAcceptV2(const AcceptRequestV2& request, const ExistingSessionV2* existing);

}  // namespace siphon

#endif  // SIPHON_MSG_PROTOCOL_SESSION_ACCEPT_DECISION_V2_H_
