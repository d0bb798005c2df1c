// Ledger: the account of every message of a synthetic workload.
//
// A stream is what one messenger sends on one Connection object: pings, each of which comes back as
// a pong. Each stream has lanes (one a priority), and in each the pings are numbered from 1. In
// each lane, pings must arrive in order and once, and so must pongs. One that is missing must have
// been sent before an event that explains it: a reset that the sender's dispatcher was told of, or
// the end of the stream by a mark-down; and one event explains one gap, as what is lost at a reset
// is the rest of what was under way.
//
// Threads: any.
#ifndef SIPHON_TESTING_SCENARIOS_LEDGER_H_
#define SIPHON_TESTING_SCENARIOS_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"

namespace siphon {

class Ledger {
 public:
  static constexpr int kLanes = 2;

  struct Account {
    uint64_t streams = 0;
    uint64_t sent = 0;       // pings
    uint64_t delivered = 0;  // pings
    uint64_t answered = 0;   // pongs that came back
    uint64_t marked_down = 0;
    uint64_t resets = 0;      // told to senders: reset and remote reset
    uint64_t lost_pings = 0;  // explained by those
    uint64_t lost_pongs = 0;
    std::vector<std::string> violations;  // the first few
  };

  // Returns the new stream's number. `name` is for the report.
  uint64_t OpenStream(std::string name);
  // The number of the next ping.
  uint64_t Send(uint64_t stream, int lane);
  void PingArrived(uint64_t stream, int lane, uint64_t number) {
    Arrived(stream, lane, number, /*pong=*/false);
  }
  void PongArrived(uint64_t stream, int lane, uint64_t number) {
    Arrived(stream, lane, number, /*pong=*/true);
  }
  // The sender's dispatcher was told of a reset: the session goes on without what was sent so far.
  void Disturbed(uint64_t stream);
  // The stream ended: nothing of it is waited for. By a mark-down, or by a reset.
  void Ended(uint64_t stream, bool marked_down);
  bool HasEnded(uint64_t stream) const;
  // Something was delivered that is not what was sent.
  void Violation(std::string text);

  // Pings of all streams, or of one, that may still be answered.
  uint64_t Pending() const;
  // Pongs that came back so far.
  uint64_t Answered() const;
  // Waits until at most `pending` are so. False: not within `timeout`.
  bool WaitForPending(uint64_t pending, absl::Duration timeout);
  // What is still waited for, for a report of a workload that stands still.
  std::string DescribePending() const;

  // The account, with everything judged. Nothing may arrive any more.
  Account Close() const;

 private:
  struct Gap {
    uint64_t first, last;
  };
  // What arrived of one kind in one lane.
  struct Arrivals {
    uint64_t last = 0;
    uint64_t count = 0;
    std::vector<Gap> gaps;
  };
  struct Lane {
    uint64_t sent = 0;
    Arrivals pings, pongs;
    std::vector<uint64_t> events;  // how much was sent when each came
  };
  struct Stream {
    std::string name;
    bool ended = false;
    Lane lanes[kLanes];
  };

  void Arrived(uint64_t stream, int lane, uint64_t number, bool pong);
  static uint64_t PendingOf(const Stream& stream);
  // Changes `pending_` to what `stream` is waited for now.
  void Recount(const Stream& stream, uint64_t before) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddViolation(std::string text) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Judges the gaps of one kind; returns how many messages are missing.
  static uint64_t Judge(const Stream& stream, const Lane& lane, const Arrivals& arrivals,
                        const char* kind, std::vector<std::string>* violations);

  mutable Mutex mutex_;
  CondVar changed_;
  std::map<uint64_t, Stream> streams_ ABSL_GUARDED_BY(mutex_);
  uint64_t pending_ ABSL_GUARDED_BY(mutex_) = 0;
  Account account_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_LEDGER_H_
