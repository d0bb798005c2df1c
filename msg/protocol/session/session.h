// Session: what two messengers owe each other, apart from any TCP connection.
//
// It holds the messages still to be sent, those sent and not yet acknowledged, and the sequence
// numbers that make delivery exact: on a lossless session every message arrives once and in order,
// however often the connection beneath it breaks. Both protocol versions use it; what differs
// between them is framing and handshake (protocol sections 6 and 7).
//
// A message's way: Enqueue -> TakeNext (gets its sequence number) -> Sent (kept if lossless) ->
// OnAck. When the connection breaks, Requeue() puts the kept ones before all others; when the peer
// has said what it received, DiscardReceived() drops those and the rest is sent again under the
// same numbers.
//
// Sans-I/O. Threads: one at a time (the owning connection's event center).
#ifndef SIPHON_MSG_PROTOCOL_SESSION_SESSION_H_
#define SIPHON_MSG_PROTOCOL_SESSION_SESSION_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "msg/message.h"
#include "msg/policy.h"

namespace siphon {

class Session {
 public:
  explicit Session(const Policy& policy) : policy_(policy) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Policy& policy() const { return policy_; }
  bool lossy() const { return policy_.lossy; }
  // The server decides, at the end of a handshake, whether the session is lossy.
  void set_lossy(bool lossy) { policy_.lossy = lossy; }

  // --- Out.
  // Queues behind what has the same priority.
  void Enqueue(MessagePtr message);
  bool HasQueued() const { return !replay_.empty() || !queues_.empty(); }
  // The next message, with its sequence number set: replays first, then the highest priority. Null
  // when none waits.
  MessagePtr TakeNext();
  // The message has been handed to the connection: kept for replay if the session is lossless.
  void Sent(MessagePtr message);
  // The peer has everything up to `seq`. Returns what need not be kept any more. An ack for what
  // was never sent acknowledges what was.
  std::vector<MessagePtr> OnAck(uint64_t seq);

  // --- In.
  enum class Verdict {
    kNext,       // the one expected
    kGap,        // some before it are missing; accepted, as Ceph does, and worth a log line
    kDuplicate,  // seen before: drop it
  };
  // Judges the sequence number of a message that arrived whole, and owes the peer an ack for it.
  Verdict OnMessage(uint64_t seq);
  // The cumulative ack that is owed, once; none on a lossy session or when nothing came.
  std::optional<uint64_t> TakeAck();
  bool OwesAck() const { return ack_owed_ > 0 && !lossy(); }

  // --- Around a broken connection.
  // Puts what was sent and not acknowledged back before everything else.
  void Requeue();
  // After a reconnection: the peer has everything up to `seq`. Drops those from what was requeued.
  std::vector<MessagePtr> DiscardReceived(uint64_t seq);
  // The peer lost the session, or we give it up: forgets all messages, numbers and the connect
  // sequence. `first_seq` is the number after which the next message follows (random where the peer
  // has MSG_AUTH, else 0). Returns what was dropped, to be destroyed where no harm is done.
  std::vector<MessagePtr> Reset(uint64_t first_seq);

  // --- Numbers of the handshake.
  uint64_t connect_seq = 0;      // of the last established connection
  uint64_t peer_global_seq = 0;  // of the peer's last attempt; older attempts are refused
  // v2: each side's proof that it means this session; 0 while there is none, and on lossy ones.
  uint64_t client_cookie = 0;
  uint64_t server_cookie = 0;
  uint64_t in_seq() const { return in_seq_; }
  uint64_t out_seq() const { return out_seq_; }
  uint64_t acked_seq() const { return acked_seq_; }
  // The peer started afresh: its numbers begin anew, ours go on.
  void RestartIncoming() {
    in_seq_ = 0;
    ack_owed_ = 0;
  }

  // --- To look at.
  size_t queued_messages() const { return queued_messages_; }
  size_t queued_bytes() const { return queued_bytes_; }
  size_t unacked_messages() const { return sent_.size(); }
  size_t unacked_bytes() const { return unacked_bytes_; }
  // What all messages, queued or kept for replay, hold: middle, data and a flat share for the rest
  // of each (its front is not encoded before it is sent).
  size_t HeldBytes() const {
    return queued_bytes_ + unacked_bytes_ + (queued_messages_ + sent_.size()) * kMessageShare;
  }

 private:
  static constexpr size_t kMessageShare = 512;

  void Count(const Message& message, int sign);

  Policy policy_;
  // Requeued messages, with their old numbers, in order.
  std::deque<MessagePtr> replay_;
  // By priority, highest first; no empty queue stays in.
  std::map<uint16_t, std::deque<MessagePtr>, std::greater<>> queues_;
  std::deque<MessagePtr> sent_;  // by sequence number
  size_t queued_messages_ = 0;
  size_t queued_bytes_ = 0;
  size_t unacked_bytes_ = 0;
  uint64_t out_seq_ = 0;
  uint64_t acked_seq_ = 0;
  uint64_t in_seq_ = 0;
  uint64_t ack_owed_ = 0;  // messages received since the last ack
};

}  // namespace siphon

#endif  // SIPHON_MSG_PROTOCOL_SESSION_SESSION_H_
