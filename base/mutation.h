// Mutated(): places where one rule of the engine can be broken on purpose, to show that the
// simulator finds it (testing/sim/mutants_test.cc).
//
// In every ordinary build it is constexpr false and costs nothing. Only the copy of the engine that
// is compiled with -DSIPHON_MUTANTS reads the switch. Threads: the switch is set between runs.
#ifndef SIPHON_BASE_MUTATION_H_
#define SIPHON_BASE_MUTATION_H_

namespace siphon {

enum class Mutant {
  kNone,
  // Session.
  kAckTrimsOneTooMany,
  kReplaySkipsTheFirst,
  kReplayForgetsOutSeq,
  kReplayReversesTheOrder,
  kResetKeepsInSeq,
  kNewSessionCountsFromOne,
  kInSeqDiesWithTheConnection,
  // Handshake.
  kSeqTellsOneTooMany,
  kRaceGoesToTheWrongSide,
  kStaleAttemptIsAccepted,
  kRetrySessionWithTheSameNumber,
  kConnectSeqIsNotRaised,
  kServerResetsNobody,
  kCookieNotChecked,              // v2
  kReconnectTrustsTheWrongInSeq,  // v2
  kNonceReused,                   // v2
  // Connection.
  kThrottleShareIsNotReturned,
  kResetIsNotTold,
  kRemoteResetIsNotTold,
  kStandbyIsNotLeft,
  kSendOvertakesTheInbox,
  kDeadlineIsNotArmed,
  kEnd,
};

#ifdef SIPHON_MUTANTS
inline Mutant active_mutant = Mutant::kNone;
inline bool Mutated(Mutant mutant) { return mutant == active_mutant; }
#else
constexpr bool Mutated(Mutant /*mutant*/) { return false; }
#endif

}  // namespace siphon

#endif  // SIPHON_BASE_MUTATION_H_
