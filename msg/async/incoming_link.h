// IncomingLink: an accepted TCP connection until it is known whose session it carries.
//
// It does its handshake alone. When the peer has said who it is, the session with that peer, if
// there is one, decides (AsyncConnection::Judge, on that session's worker, to which the link is
// moved); else a new session begins here. A refused peer may try again on the same TCP connection.
//
// Threads: the center of the link's worker.
#ifndef SIPHON_MSG_ASYNC_INCOMING_LINK_H_
#define SIPHON_MSG_ASYNC_INCOMING_LINK_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "event/event_center.h"
#include "msg/async/link.h"
#include "msg/auth/auth_exchange.h"
#include "msg/protocol/machine_host.h"
#include "net/socket.h"
#include "net/worker.h"

namespace siphon {

class AsyncMessenger;
class AsyncConnection;

class IncomingLink final : private Link::Owner, public std::enable_shared_from_this<IncomingLink> {
 public:
  // A reference of `worker` is taken over. `id` is unique within the messenger.
  // `listener` is the address on which the peer arrived; its type is the protocol.
  IncomingLink(AsyncMessenger* messenger, uint64_t id, std::unique_ptr<ConnectedSocket> socket,
               Worker* worker, const EntityAddr& listener);
  ~IncomingLink() override;

  uint64_t id() const { return id_; }
  void Start();
  // The messenger shuts down. Any thread.
  void Abort();
  // There are too many handshakes under way. Any thread.
  void GiveWay();

  // --- For the session that decides; on its center.
  const ConnectRequest& request() const { return request_; }
  // The address by which the peer's session is found.
  EntityAddr peer_key() const;
  // Lets the peer try again.
  void Refuse(const Refusal& refusal);
  // Ends the connection without an answer.
  void Drop(const absl::Status& reason);
  // The session that was to decide is closed: looks for another, or begins a new one.
  void Decide();
  // Begins a new session on this connection.
  void BeginSession();
  // Gives the link up to its session; the link is detached.
  std::unique_ptr<Link> Release();

 private:
  // --- FsmHost and Link::Owner.
  uint64_t NextGlobalSeq(uint64_t at_least) override;
  uint64_t RandomCookie() override;
  EntityName MyName() override;
  EntityAddrVec MyAddrs() override;
  std::unique_ptr<AuthClientExchange> NewAuthClientExchange() override { return nullptr; }
  void OnSeenAs(const EntityAddr&) override {}
  absl::Status OnServerIdentified(const EntityAddrVec&, int64_t) override;
  void OnSessionReset(bool) override {}
  AcceptTerms TermsFor(EntityType peer_type) override;
  std::unique_ptr<AuthServerExchange> NewAuthServerExchange(EntityType peer_type) override;
  void OnAuthRefused(std::string_view reason) override;
  bool IsMyAddr(const EntityAddr& addr) override;
  void OnConnectRequest(const ConnectRequest& request) override;
  void OnReady() override {}
  bool TakeShare(ThrottleStage, uint64_t) override { return true; }
  void OnMessageHeader(const MessageHeader&) override {}
  void OnMessageAborted() override {}
  absl::Status OnMessage(const MessageHeader&, const MessageFooter&, BufferList, BufferList,
                         BufferList) override;
  void OnAck(uint64_t) override {}
  void OnKeepalive(absl::Time) override {}
  void OnKeepaliveAck(absl::Time) override {}
  void OnTransition(std::string_view) override {}
  void OnLinkFault(const absl::Status& reason) override;
  void OnWritable() override {}
  bool InjectSocketFailure() override;
  void OnBytesIn(size_t n) override;
  void OnBytesOut(size_t n) override;

  // Runs `task` on the link's center, at once or when a hold that is injected is over; not at all
  // when the link is given up meanwhile.
  void AfterHold(EventCenter::Task task);
  std::optional<Refusal> RefuseUnknown();
  void OnDeadline();
  void ArmDeadline();
  void DisarmDeadline();
  void Finish();
  void AbortWhereItIs();
  Worker* worker() const { return worker_.load(std::memory_order_acquire); }

  AsyncMessenger* const messenger_;
  const uint64_t id_;
  // Changes on the center that the link leaves; in_motion_ is then set until it has arrived.
  std::atomic<Worker*> worker_;
  std::atomic<bool> aborted_{false};
  bool in_motion_ = false;
  std::unique_ptr<Link> link_;
  const EntityAddr listener_;
  std::string peer_socket_;  // for the log
  ConnectRequest request_;
  TimerId deadline_timer_ = 0;
  TimerId hold_timer_ = 0;
  MonoNanos deadline_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_INCOMING_LINK_H_
