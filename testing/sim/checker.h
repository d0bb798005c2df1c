// Checker: what a messenger promises, held against what happened.
//
// Told of every send, arrival, delivery, event and death in the order in which they happen, it
// raises a violation at once where it can, and the rest in Finish():
//   - a lossless session delivers each message once and in order (per sending connection, receiving
//     connection and priority); one that never arrived was sent before a reset that the sender's
//     dispatcher was told of, or before its own end, or (where nobody has to tell) the peer's;
//   - what a lossy session delivers is in order, without duplicates; it loses something only with
//     its end, which the dispatcher is told of once;
//   - sequence numbers have no gap while the session stands;
//   - contents arrive as they were sent.
//
// A connection is named by its node, the node's incarnation and its id. Threads: one.
#ifndef SIPHON_TESTING_SIM_CHECKER_H_
#define SIPHON_TESTING_SIM_CHECKER_H_

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "testing/sim/sim_message.h"
#include "testing/sim/trace.h"

namespace siphon {

struct ConnectionKey {
  int node = 0;
  uint32_t incarnation = 0;
  uint64_t id = 0;

  // Never 0.
  uint64_t packed() const {
    return static_cast<uint64_t>(node + 1) << 56 | static_cast<uint64_t>(incarnation) << 40 | id;
  }
  static ConnectionKey Unpack(uint64_t packed) {
    return {static_cast<int>(packed >> 56) - 1, static_cast<uint32_t>(packed >> 40 & 0xffff),
            packed & 0xffffffffff};
  }
};

class Checker {
 public:
  explicit Checker(Trace* trace) : trace_(trace) {}

  // --- What the world tells.
  // A message that is about to be sent on `from` to node `to`. `lossy`: by the policies.
  std::unique_ptr<SimMessage> MakeMessage(const ConnectionKey& from, int to, bool lossy,
                                          uint16_t priority, size_t data_bytes);
  // In the order of the wire, on the worker.
  void OnArrived(const ConnectionKey& at, const SimMessage& message);
  // To the dispatcher.
  void OnDelivered(const ConnectionKey& at, const SimMessage& message);
  // Events. `peer` is the node at the other end.
  void OnReset(const ConnectionKey& at, int peer);
  void OnRemoteReset(const ConnectionKey& at, int peer);
  // The user gave the connection up.
  void OnMarkedDown(const ConnectionKey& at, int peer);
  // The user turned it lossy.
  void OnDisposable(const ConnectionKey& at, int peer);
  // The process died.
  void OnCrash(int node);
  // No fault, mark-down or crash will be injected: no reset has a cause.
  void ExpectNoResets() { no_resets_ = true; }
  // A peer that lost a session has to say so (by its policy it checks, or the session is lossy):
  // its death alone is no excuse for a lost message, the sender must have been told.
  void ExpectToBeTold() { must_be_told_ = true; }
  void Violate(const std::string& what);

  // --- At the end.
  // Whether a message of a sender is still to come. Senders for whom `gone(key)` is true wait for a
  // peer that has no connection to them any more.
  template <typename Gone>
  bool AllSettled(const Gone& gone, std::string* open) const;
  // After AllSettled(): what can only be judged then.
  void Finish();

  bool ok() const { return violation_.empty(); }
  const std::string& violation() const { return violation_; }
  uint64_t sent() const { return sent_; }
  uint64_t delivered() const { return delivered_; }
  uint64_t resets() const { return resets_; }

 private:
  struct Sent {
    uint64_t serial;
    uint32_t bytes;
    uint64_t delivered_at = 0;  // the receiving connection; 0: not yet
  };
  struct Sender {
    ConnectionKey key;
    int peer = 0;
    bool lossy = false;
    std::map<uint16_t, std::vector<Sent>> messages;  // by priority
    uint64_t remote_resets = 0;
    uint64_t jumps = 0;          // of the sequence numbers, seen by receivers
    uint64_t excused_until = 0;  // what was sent before may be lost
  };
  struct Receiver {
    std::map<std::pair<uint64_t, uint16_t>, uint64_t> next;  // by sender and priority
    uint64_t last_sender = 0;
    uint64_t last_seq = 0;
  };
  Sender& SenderOf(const ConnectionKey& key, int peer, bool lossy);
  void Die(const ConnectionKey& at, int peer);
  // Lost for a reason that its sender knows.
  bool IsKnownLost(const Sender& sender, const Sent& sent) const {
    return sent.serial <= sender.excused_until;
  }
  // The receiving side died after it was sent.
  bool PeerDied(const Sender& sender, const Sent& sent) const;
  std::string Describe(const Sender& sender, uint16_t priority, uint64_t index) const;

  Trace* const trace_;
  uint64_t serial_ = 0;  // of events
  std::map<uint64_t, Sender> senders_;
  absl::flat_hash_map<uint64_t, Receiver> receivers_;
  std::map<uint64_t, int> reset_count_;                // by connection
  std::set<uint64_t> dead_;                            // connections
  std::map<std::pair<int, int>, uint64_t> pair_died_;  // when a connection of a with b last died
  std::map<int, uint64_t> crashed_;                    // node: when last
  std::map<int, uint32_t> dead_incarnations_;
  std::vector<std::pair<uint64_t, uint64_t>> delivered_twice_;  // first receiver, sender
  bool no_resets_ = false;
  bool must_be_told_ = false;
  uint64_t sent_ = 0;
  uint64_t delivered_ = 0;
  uint64_t resets_ = 0;
  std::string violation_;
};

template <typename Gone>
bool Checker::AllSettled(const Gone& gone, std::string* open) const {
  for (const auto& [packed, sender] : senders_) {
    for (const auto& [priority, messages] : sender.messages) {
      for (size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].delivered_at != 0 || IsKnownLost(sender, messages[i])) continue;
        if (!must_be_told_ && PeerDied(sender, messages[i])) continue;
        if (gone(sender.key)) continue;
        *open = Describe(sender, priority, i);
        return false;
      }
    }
  }
  return true;
}

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_CHECKER_H_
