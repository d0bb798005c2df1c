// AsyncConnection: a session with one peer, on one worker.
//
// The session (queues, sequence numbers) lives as long as this object; TCP connections (Link) come
// and go beneath it. Everything happens on the worker's event center; other threads leave messages
// in an inbox and wake it. What an event means for the session is decided by DecideFault() and
// DecideAccept(); this class carries the decisions out.
//
// Threads: as Connection; what is marked "center" belongs to the worker's event center.
#ifndef SIPHON_MSG_ASYNC_ASYNC_CONNECTION_H_
#define SIPHON_MSG_ASYNC_ASYNC_CONNECTION_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "dispatch/delayed_delivery.h"
#include "event/event_center.h"
#include "msg/async/link.h"
#include "msg/async/share_waiter.h"
#include "msg/auth/auth_exchange.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/policy.h"
#include "msg/protocol/machine_host.h"
#include "msg/protocol/session/accept_decision.h"
#include "msg/protocol/session/accept_decision_v2.h"
#include "msg/protocol/session/session.h"
#include "net/worker.h"

namespace siphon {

class AsyncMessenger;
class IncomingLink;

class AsyncConnection final : public Connection, private Link::Owner, private EndOfRoundHook {
 public:
  // A reference of `worker` is taken over. `peer` is what is known of the peer's name.
  AsyncConnection(AsyncMessenger* messenger, uint64_t id, Worker* worker, const Policy& policy,
                  const EntityName& peer, const EntityAddrVec& peer_addrs, bool incoming,
                  bool anonymous);
  ~AsyncConnection() override;

  // --- Connection.
  void Send(MessagePtr message) override;
  void SendKeepalive() override;
  void MarkDown() override;
  void MarkDisposable() override;
  bool IsConnected() const override;

  // --- For the messenger.
  Worker* worker() { return worker_; }
  bool anonymous() const { return anonymous_; }
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  std::shared_ptr<AsyncConnection> Self() {
    return std::static_pointer_cast<AsyncConnection>(shared_from_this());
  }
  // Begins to dial. Any thread, once, right after construction.
  void Connect();
  ProtocolVersion version() const { return version_; }
  // Center. The first connection of a new incoming session.
  void Begin(std::unique_ptr<Link> link);
  // Center. Decides about an incoming connection from this session's peer.
  void Judge(const std::shared_ptr<IncomingLink>& incoming);
  // Center.
  ConnectionInfo Info();
  // Center. An order about the peer was given, or taken back (InjectFault).
  void HeedInjectedFaults();

 private:
  friend class ShareWaiter;

  // What the session is between and beneath its connections.
  enum class Phase { kConnecting, kBackoff, kWait, kAccepting, kOpen, kStandby, kClosed };

  // --- FsmHost and Link::Owner (center).
  uint64_t NextGlobalSeq(uint64_t at_least) override;
  uint64_t RandomCookie() override;
  EntityName MyName() override;
  EntityAddrVec MyAddrs() override;
  std::unique_ptr<AuthClientExchange> NewAuthClientExchange() override;
  void OnSeenAs(const EntityAddr& me) override;
  absl::Status OnServerIdentified(const EntityAddrVec& server, int64_t num) override;
  void OnSessionReset(bool full) override;
  AcceptTerms TermsFor(EntityType peer_type) override;
  std::unique_ptr<AuthServerExchange> NewAuthServerExchange(EntityType) override;
  void OnAuthRefused(std::string_view reason) override;
  bool IsMyAddr(const EntityAddr& addr) override;
  void OnConnectRequest(const ConnectRequest& request) override;
  void OnReady() override;
  bool TakeShare(ThrottleStage stage, uint64_t amount) override;
  void OnMessageHeader(const MessageHeader& header) override;
  void OnMessageAborted() override;
  absl::Status OnMessage(const MessageHeader& header, const MessageFooter& footer, BufferList front,
                         BufferList middle, BufferList data) override;
  void OnAck(uint64_t seq) override;
  void OnKeepalive(absl::Time stamp) override;
  void OnKeepaliveAck(absl::Time stamp) override;
  void OnTransition(std::string_view to) override;
  void OnLinkFault(const absl::Status& reason) override;
  void OnWritable() override;
  bool InjectSocketFailure() override;
  void OnBytesIn(size_t n) override;
  void OnBytesOut(size_t n) override;

  // --- EndOfRoundHook (center).
  void OnEndOfRound() override;

  // --- Center.
  void StartConnect();
  // For ms_inject_internal_delays.
  void StartConnectLater(absl::Duration delay);
  void StartLink(std::unique_ptr<Link> link);
  void TellKnownPeer();
  void Adopt(std::unique_ptr<Link> link, bool peer_reset, bool reset_first);
  void DropLink();
  // Carries a decision about an incoming connection out.
  void Answer(const std::shared_ptr<IncomingLink>& incoming, const AcceptDecision& decision);
  void JudgeV2(const std::shared_ptr<IncomingLink>& incoming);
  void Answer(const std::shared_ptr<IncomingLink>& incoming, const AcceptDecisionV2& decision);
  void ResetSession();
  void ToStandby();
  // Makes the session lossy once MarkDisposable() was called.
  void HeedDisposable();
  void CountAttempt();
  void LearnPeerNum(int64_t num);
  // Leaves standby if there is something to send and this side may dial.
  void WakeFromStandby();
  void ScheduleFlush();
  void DrainInbox();
  void TakeInbox();
  void EnqueueOut(MessagePtr message);
  // Reports an out queue that exceeds its limit, once, or closes the connection.
  void CheckOutQueue();
  std::string PeerText() const;
  void Deliver(MessagePtr message);
  void DispatchNow(MessagePtr message);
  enum class Tell { kNothing, kReset };
  void Close(Tell tell);
  void ArmDeadline(absl::Duration after);
  void OnDeadline();
  absl::Duration IdleCheckInterval() const;
  void OnShareGranted(ThrottleStage stage, ThrottleShare share);
  void SetPhase(Phase phase, std::string_view reason);
  void Record(std::string_view state, std::string_view reason);
  std::string_view StateText() const;
  EventCenter* center() { return worker_->center(); }
  AsyncMessenger* owner() const { return owner_; }

  AsyncMessenger* const owner_;
  Worker* const worker_;
  const EntityType peer_type_;
  const ProtocolVersion version_;  // by the type of the peer's address
  const bool incoming_;
  const bool anonymous_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> connected_{false};
  std::atomic<bool> disposable_{false};

  // Messages from other threads, on their way to the center.
  Mutex inbox_mutex_;
  std::vector<MessagePtr> inbox_ ABSL_GUARDED_BY(inbox_mutex_);
  std::atomic<bool> inbox_waits_{false};  // written with inbox_mutex_ held

  // --- Center.
  Session session_;
  std::unique_ptr<Link> link_;
  Phase phase_ = Phase::kConnecting;
  bool keepalive_due_ = false;
  bool over_limit_ = false;      // ms_out_queue_max_bytes; said once
  bool reading_paused_ = false;  // by an injected fault
  uint32_t reconnects_ = 0;
  uint64_t global_seq_ = 0;
  absl::Duration backoff_;
  TimerId backoff_timer_ = 0;
  TimerId deadline_timer_ = 0;
  int64_t known_peer_num_ = -1;
  MonoNanos last_active_ = 0;
  MonoNanos header_stamp_ = 0;
  MonoNanos throttle_stamp_ = 0;
  uint64_t messages_in_ = 0;
  uint64_t messages_out_ = 0;
  uint64_t bytes_in_ = 0;
  uint64_t bytes_out_ = 0;
  ThrottleShare shares_[3];  // of the message being read
  std::shared_ptr<ShareWaiter> waiter_;
  std::unique_ptr<DelayedDelivery> delayed_;  // only where delays are injected
  std::string last_fault_;
  struct Step {
    std::string_view state;
    std::string reason;
    MonoNanos at;
  };
  std::deque<Step> steps_;  // the last few
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_ASYNC_CONNECTION_H_
