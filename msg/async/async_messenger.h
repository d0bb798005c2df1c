// AsyncMessenger: a Messenger on the workers of a NetworkStack.
//
// It owns the table of connections by peer address, the listeners, the dispatch queue and the
// numbers that are the messenger's own (global_seq, nonce). It never touches a connection's state:
// that belongs to the connection's worker.
//
// Threads: as Messenger. The table's lock is a leaf: nothing is called under it.
#ifndef SIPHON_MSG_ASYNC_ASYNC_MESSENGER_H_
#define SIPHON_MSG_ASYNC_ASYNC_MESSENGER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/config.h"
#include "base/mutex.h"
#include "dispatch/dispatch_queue.h"
#include "msg/async/async_connection.h"
#include "msg/async/incoming_link.h"
#include "msg/async/injected_faults.h"
#include "msg/async/loopback_connection.h"
#include "msg/async/messenger_options.h"
#include "msg/async/messenger_settings.h"
#include "msg/connection_info.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "msg/protocol/connection_machine.h"
#include "msg/protocol/machine_host.h"
#include "net/network_stack.h"
#include "net/processor.h"

namespace siphon {

class AsyncMessenger final : public Messenger {
 public:
  // `type` is what it was made by ("async+posix"), for Info().
  AsyncMessenger(std::string type, MessengerOptions options);
  ~AsyncMessenger() override;

  // --- Messenger.
  const std::string& name() const override { return options_.name; }
  EntityName entity() const override {
    return {entity_type_, entity_num_.load(std::memory_order_relaxed)};
  }
  void SetEntity(const EntityName& entity) override;
  EntityAddrVec addrs() const override;
  uint32_t nonce() const override;
  void SetDefaultPolicy(const Policy& policy) override;
  void SetPolicy(EntityType peer_type, const Policy& policy) override;
  Policy GetPolicy(EntityType peer_type) const override;
  void SetClusterProtocol(uint32_t version) override { cluster_protocol_ = version; }
  void SetDefaultSendPriority(uint16_t priority) override { default_priority_ = priority; }
  void SetSocketPriority(int priority) override { socket_priority_ = priority; }
  void SetAdvertisedAddrs(const EntityAddrVec& addrs) override { advertised_ = addrs; }
  absl::Status Bind(const EntityAddrVec& addrs) override;
  void AddDispatcherHead(Dispatcher* dispatcher) override;
  void AddDispatcherTail(Dispatcher* dispatcher) override;
  absl::Status Start() override;
  absl::Status Rebind(const std::set<int>& avoid_ports) override;
  absl::StatusOr<ConnectionPtr> ConnectTo(EntityType peer_type, const EntityAddrVec& addrs,
                                          bool anonymous) override;
  ConnectionPtr GetLoopbackConnection() override;
  absl::Status SendTo(MessagePtr message, EntityType peer_type,
                      const EntityAddrVec& addrs) override;
  void MarkDown(const EntityAddr& addr) override;
  void MarkDownAll() override;
  void Shutdown() override;
  void Wait() override;
  MessengerInfo Info() override;
  std::vector<ConnectionInfo> ListConnections() override;
  DispatchQueueInfo QueueInfo() override { return dispatch_queue_.Info(); }
  void PauseDispatch() override { dispatch_queue_.Pause(); }
  void ResumeDispatch() override { dispatch_queue_.Resume(); }
  absl::Status DrainDispatch(absl::Duration timeout) override {
    return dispatch_queue_.Drain(timeout);
  }
  absl::Status InjectFault(const FaultInjection& fault) override;

  // --- For connections; any thread.
  const MessengerOptions& options() const { return options_; }
  const MessengerSettings& settings() const { return settings_; }
  DispatchQueue& dispatch_queue() { return dispatch_queue_; }
  Clock* clock() const { return options_.clock; }
  RandomSource* random() const { return options_.random; }
  // A number for a connection attempt: above `at_least` and all that were given.
  uint64_t NextGlobalSeq(uint64_t at_least);
  // Not 0.
  uint64_t RandomCookie();
  uint16_t default_priority() const { return default_priority_; }
  uint32_t ProtocolVersionFor(EntityType peer_type, bool connecting) const;
  // The state machine for a connection with an address of `type`, which is its protocol.
  std::unique_ptr<ConnectionMachine> NewMachine(EntityAddr::Type type, MachineHost* host) const;
  SocketOptions SocketOptionsNow() const;
  // What is told to peers; IPs may be blank still.
  EntityAddrVec AddrsFor(ProtocolVersion version) const;
  // That one of them which decides races in this protocol.
  EntityAddr MyAddr(ProtocolVersion version) const;
  // `listener`, with what was learned of its IP.
  EntityAddr AsIsReached(const EntityAddr& listener) const;
  bool IsMyAddr(const EntityAddr& addr) const;
  // By which of its addresses a peer is found: that of protocol v2, if it has one.
  static EntityAddr TableKey(const EntityAddrVec& addrs);
  // A peer says which address this side comes from: fills a blank IP.
  void LearnAddr(const EntityAddr& seen);

  // The table. Insert() keeps what is there: it returns the connection that the address has now.
  std::shared_ptr<AsyncConnection> Lookup(const EntityAddr& addr);
  std::shared_ptr<AsyncConnection> Insert(const std::shared_ptr<AsyncConnection>& connection);
  void Remove(AsyncConnection* connection);
  // The global_seq of the last attempt from (or reply of) a peer that led to a session, also when
  // that session is gone; 0 when unknown. It tells an attempt that its peer gave up long ago, and
  // that arrives late, from a new one. The last kMaxAttempts peers are remembered.
  uint64_t LastAttempt(const EntityAddr& peer) const;
  void RememberAttempt(const EntityAddr& peer, uint64_t global_seq);
  std::shared_ptr<AsyncConnection> NewConnection(Worker* worker, const Policy& policy,
                                                 const EntityName& peer, const EntityAddrVec& addrs,
                                                 bool incoming, bool anonymous);
  void RemoveIncoming(const std::shared_ptr<IncomingLink>& link);
  bool stopping() const { return stopping_.load(std::memory_order_acquire); }

  // What happened on a worker, counted per worker so that none waits for another.
  struct alignas(64) Counters {
    std::atomic<uint64_t> messages_in{0};
    std::atomic<uint64_t> messages_out{0};
    std::atomic<uint64_t> bytes_in{0};
    std::atomic<uint64_t> bytes_out{0};
  };
  Counters& counters(const Worker* worker) { return counters_[worker->index()]; }
  // Break the connection at this read or write (ms_inject_socket_failures)?
  bool InjectSocketFailure();
  // How long to hold a connection now (ms_inject_internal_delays); mostly zero.
  absl::Duration InternalDelay() const;
  const InjectedFaults& injected_faults() const { return injected_faults_; }
  void CountReconnect() { reconnects_.fetch_add(1, std::memory_order_relaxed); }
  // Logs and remembers what is wrong with a connection that goes on.
  void RecordNotice(std::string peer, std::string_view state, std::string reason);
  // Logs and remembers why a connection broke.
  void RecordFault(std::string peer, std::string_view state, const absl::Status& reason);

 private:
  static constexpr size_t kMaxFaults = 64;

  void Remember(std::string peer, std::string_view state, std::string reason);
  static constexpr size_t kMaxAttempts = 4096;

  void Ready();
  absl::Status BindAddrs(const EntityAddrVec& addrs, const std::set<int>& avoid_ports);
  // What peers are told of an address that is bound.
  EntityAddr Advertised(const EntityAddr& bound) const;
  void OnAccept(std::unique_ptr<ConnectedSocket> socket, Worker* worker,
                const EntityAddr& listener);
  // The addresses of a peer that this messenger can dial, the one to dial first; or none.
  EntityAddrVec Diallable(const EntityAddrVec& addrs) const;
  std::vector<std::shared_ptr<AsyncConnection>> AllConnections();
  // The address that `peer` is, or the name of whose entity it is.
  absl::StatusOr<EntityAddr> FindPeer(const std::string& peer);

  const std::string type_;
  const MessengerOptions options_;
  const EntityType entity_type_;
  std::atomic<int64_t> entity_num_;  // read for each message sent
  MessengerSettings settings_;
  DispatchQueue dispatch_queue_;
  std::shared_ptr<LoopbackConnection> loopback_;
  std::vector<std::unique_ptr<Processor>> processors_;  // bound before ready, then constant
  uint32_t cluster_protocol_ = 0;
  uint16_t default_priority_ = kPriorityDefault;
  int socket_priority_ = -1;
  EntityAddrVec advertised_;  // before Bind()
  Counters counters_[NetworkStack::kMaxWorkers];
  std::atomic<uint64_t> global_seq_{0};
  std::atomic<uint64_t> next_id_{1};
  std::atomic<uint64_t> accepted_{0};
  std::atomic<uint64_t> faults_{0};
  std::atomic<uint64_t> reconnects_{0};
  std::atomic<uint64_t> injected_failures_{0};
  InjectedFaults injected_faults_;
  std::atomic<bool> stopping_{false};
  Notification stopped_;

  mutable Mutex mutex_;
  EntityAddrVec addrs_ ABSL_GUARDED_BY(mutex_);
  EntityAddrVec bound_addrs_ ABSL_GUARDED_BY(mutex_);
  uint32_t nonce_ ABSL_GUARDED_BY(mutex_);
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
  bool bound_ ABSL_GUARDED_BY(mutex_) = false;
  Policy default_policy_ ABSL_GUARDED_BY(mutex_);
  std::map<EntityType, Policy> policies_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<EntityAddr, std::shared_ptr<AsyncConnection>> by_addr_
      ABSL_GUARDED_BY(mutex_);
  // In the order of their making: what is done to all of them happens the same way in each
  // simulation of one seed.
  std::map<uint64_t, std::shared_ptr<AsyncConnection>> all_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, std::shared_ptr<IncomingLink>> incoming_ ABSL_GUARDED_BY(mutex_);
  std::deque<FaultRecord> recent_faults_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<EntityAddr, uint64_t> attempts_ ABSL_GUARDED_BY(mutex_);
  std::deque<EntityAddr> attempt_order_ ABSL_GUARDED_BY(mutex_);  // by first attempt
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_ASYNC_MESSENGER_H_
