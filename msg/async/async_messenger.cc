#include "msg/async/async_messenger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"

namespace siphon {
namespace {

DispatchQueue::Options QueueOptions(const MessengerOptions& options) {
  const Config& config = *options.config;
  DispatchQueue::Options queue;
  queue.name = options.name;
  queue.throttle_bytes = static_cast<uint64_t>(config.GetInt("ms_dispatch_throttle_bytes"));
  queue.max_tokens_per_priority =
      static_cast<uint64_t>(config.GetInt("ms_pq_max_tokens_per_priority"));
  queue.min_cost = static_cast<uint64_t>(config.GetInt("ms_pq_min_cost"));
  queue.die_on_unhandled = config.GetBool("ms_die_on_unhandled_msg");
  queue.clock = options.clock;
  queue.on_work = options.on_dispatch_work;
  return queue;
}

// The address of a peer that this messenger can dial: msgr v1.
EntityAddr DiallableAddr(const EntityAddrVec& addrs) {
  EntityAddr addr = addrs.legacy();
  if (addr.is_blank()) {
    for (const EntityAddr& a : addrs.addrs()) {
      if (a.type() == EntityAddr::kAny || a.type() == EntityAddr::kNone) addr = a;
    }
    if (!addr.is_blank_ip()) addr.set_type(EntityAddr::kLegacy);
  }
  return addr;
}

}  // namespace

AsyncMessenger::AsyncMessenger(std::string type, MessengerOptions options)
    : type_(std::move(type)),
      options_(std::move(options)),
      entity_type_(options_.entity.type),
      entity_num_(options_.entity.num),
      settings_(options_.config),
      dispatch_queue_(QueueOptions(options_)),
      nonce_(options_.nonce) {
  loopback_ = std::make_shared<LoopbackConnection>(this, &dispatch_queue_, options_.entity);
  EntityAddr blank;
  blank.set_type(EntityAddr::kLegacy);
  blank.set_nonce(nonce_);
  addrs_ = EntityAddrVec(blank);
}

AsyncMessenger::~AsyncMessenger() {
  if (!stopping()) {
    Shutdown();
    Wait();
  }
}

// --- Set-up.

void AsyncMessenger::SetEntity(const EntityName& entity) {
  CHECK_EQ(entity.type, entity_type_) << "a messenger keeps its entity type";
  entity_num_.store(entity.num, std::memory_order_relaxed);
  loopback_->Rename(entity);
}

EntityAddrVec AsyncMessenger::addrs() const {
  MutexLock lock(mutex_);
  return addrs_;
}

uint32_t AsyncMessenger::nonce() const {
  MutexLock lock(mutex_);
  return nonce_;
}

void AsyncMessenger::SetDefaultPolicy(const Policy& policy) {
  MutexLock lock(mutex_);
  default_policy_ = policy;
}

void AsyncMessenger::SetPolicy(EntityType peer_type, const Policy& policy) {
  MutexLock lock(mutex_);
  policies_[peer_type] = policy;
}

Policy AsyncMessenger::GetPolicy(EntityType peer_type) const {
  MutexLock lock(mutex_);
  const auto it = policies_.find(peer_type);
  return it == policies_.end() ? default_policy_ : it->second;
}

absl::Status AsyncMessenger::Bind(const EntityAddrVec& addrs) {
  {
    MutexLock lock(mutex_);
    if (bound_ || ready_) {
      return absl::FailedPreconditionError(
          absl::StrCat(name(), ": bind once, before the first dispatcher is added"));
    }
    bound_ = true;
  }
  return BindAddrs(addrs, {});
}

absl::Status AsyncMessenger::BindAddrs(const EntityAddrVec& addrs,
                                       const std::set<int>& avoid_ports) {
  const Config& config = *options_.config;
  Processor::BindOptions bind;
  bind.socket = SocketOptionsNow();
  bind.port_min = static_cast<int>(config.GetInt("ms_bind_port_min"));
  bind.port_max = static_cast<int>(config.GetInt("ms_bind_port_max"));
  bind.avoid_ports = avoid_ports;
  bind.retry_count = static_cast<int>(config.GetInt("ms_bind_retry_count"));
  bind.retry_delay = config.GetDuration("ms_bind_retry_delay");
  bind.max_accept_failures = static_cast<int>(config.GetInt("ms_max_accept_failures"));

  std::vector<EntityAddr> bound;
  for (EntityAddr addr : addrs.addrs()) {
    if (addr.type() == EntityAddr::kMsgr2) {
      return absl::UnimplementedError(
          absl::StrCat(name(), ": ", addr.ToString(), " is a msgr v2 address; give a v1 address"));
    }
    addr.set_type(EntityAddr::kLegacy);
    addr.set_nonce(nonce());
    Worker* worker = options_.stack->worker(0);
    auto processor = std::make_unique<Processor>(
        options_.stack, worker, [this](std::unique_ptr<ConnectedSocket> socket, Worker* chosen) {
          OnAccept(std::move(socket), chosen);
        });
    if (absl::Status status = processor->Bind(addr, bind); !status.ok()) return status;
    bound.push_back(processor->addr());
    processors_.push_back(std::move(processor));
  }
  MutexLock lock(mutex_);
  addrs_ = EntityAddrVec(bound);
  loopback_->SetAddrs(addrs_);
  return absl::OkStatus();
}

void AsyncMessenger::AddDispatcherHead(Dispatcher* dispatcher) {
  dispatch_queue_.AddDispatcherHead(dispatcher);
  Ready();
}

void AsyncMessenger::AddDispatcherTail(Dispatcher* dispatcher) {
  dispatch_queue_.AddDispatcherTail(dispatcher);
  Ready();
}

void AsyncMessenger::Ready() {
  {
    MutexLock lock(mutex_);
    if (std::exchange(ready_, true)) return;
  }
  dispatch_queue_.Start();
  dispatch_queue_.FastConnect(loopback_);
  for (const auto& processor : processors_) processor->Start();
}

absl::Status AsyncMessenger::Start() {
  if (stopping()) return absl::FailedPreconditionError(absl::StrCat(name(), " is shut down"));
  return absl::OkStatus();
}

absl::Status AsyncMessenger::Rebind(const std::set<int>& avoid_ports) {
  EntityAddrVec addrs = this->addrs();
  std::set<int> avoid = avoid_ports;
  for (const auto& processor : processors_) processor->Stop();
  processors_.clear();
  MarkDownAll();
  {
    MutexLock lock(mutex_);
    nonce_ += 1000000;
  }
  for (EntityAddr& addr : addrs.addrs()) {
    avoid.insert(addr.port());
    addr.set_port(0);
  }
  if (absl::Status status = BindAddrs(addrs, avoid); !status.ok()) return status;
  for (const auto& processor : processors_) processor->Start();
  return absl::OkStatus();
}

// --- Connections.

void AsyncMessenger::OnAccept(std::unique_ptr<ConnectedSocket> socket, Worker* worker) {
  const uint64_t id = accepted_.fetch_add(1, std::memory_order_relaxed);
  auto link = std::make_shared<IncomingLink>(this, id, std::move(socket), worker);
  {
    MutexLock lock(mutex_);
    incoming_.emplace(id, link);
  }
  worker->center()->Submit([this, link] {
    if (stopping()) return link->Abort();
    link->Start();
  });
}

void AsyncMessenger::RemoveIncoming(const std::shared_ptr<IncomingLink>& link) {
  MutexLock lock(mutex_);
  incoming_.erase(link->id());
}

std::shared_ptr<AsyncConnection> AsyncMessenger::NewConnection(Worker* worker, const Policy& policy,
                                                               const EntityName& peer,
                                                               const EntityAddrVec& addrs,
                                                               bool incoming, bool anonymous) {
  return std::make_shared<AsyncConnection>(this, next_id_.fetch_add(1), worker, policy, peer, addrs,
                                           incoming, anonymous);
}

std::shared_ptr<AsyncConnection> AsyncMessenger::Lookup(const EntityAddr& addr) {
  MutexLock lock(mutex_);
  const auto it = by_addr_.find(addr);
  if (it == by_addr_.end() || it->second->closed()) return nullptr;
  return it->second;
}

std::shared_ptr<AsyncConnection> AsyncMessenger::Insert(
    const std::shared_ptr<AsyncConnection>& connection) {
  const EntityAddr addr = connection->peer_addr();
  std::shared_ptr<AsyncConnection> replaced;  // goes away without the lock
  MutexLock lock(mutex_);
  if (!connection->anonymous()) {
    std::shared_ptr<AsyncConnection>& slot = by_addr_[addr];
    if (slot != nullptr && !slot->closed()) return slot;
    replaced = std::exchange(slot, connection);
  }
  all_[connection->id()] = connection;
  return connection;
}

uint32_t AsyncMessenger::LastAttempt(const EntityAddr& peer) const {
  MutexLock lock(mutex_);
  const auto it = attempts_.find(peer);
  return it == attempts_.end() ? 0 : it->second;
}

void AsyncMessenger::RememberAttempt(const EntityAddr& peer, uint32_t global_seq) {
  MutexLock lock(mutex_);
  const auto [it, fresh] = attempts_.try_emplace(peer, global_seq);
  it->second = global_seq;
  if (!fresh) return;
  attempt_order_.push_back(peer);
  if (attempt_order_.size() <= kMaxAttempts) return;
  attempts_.erase(attempt_order_.front());
  attempt_order_.pop_front();
}

void AsyncMessenger::Remove(AsyncConnection* connection) {
  const EntityAddr addr = connection->peer_addr();
  std::shared_ptr<AsyncConnection> held;  // goes away without the lock
  MutexLock lock(mutex_);
  const auto it = by_addr_.find(addr);
  if (it != by_addr_.end() && it->second.get() == connection) {
    held = it->second;
    by_addr_.erase(it);
  }
  const auto by_id = all_.find(connection->id());
  if (by_id != all_.end()) {
    held = by_id->second;
    all_.erase(by_id);
  }
}

absl::StatusOr<ConnectionPtr> AsyncMessenger::ConnectTo(EntityType peer_type,
                                                        const EntityAddrVec& addrs,
                                                        bool anonymous) {
  if (stopping()) return absl::FailedPreconditionError(absl::StrCat(name(), " is shut down"));
  const EntityAddr addr = DiallableAddr(addrs);
  if (addr.is_blank_ip() || addr.port() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name(), ": no msgr v1 address to dial in ", addrs.ToString()));
  }
  if (addr == MyLegacyAddr()) return GetLoopbackConnection();
  if (!anonymous) {
    if (std::shared_ptr<AsyncConnection> existing = Lookup(addr)) return ConnectionPtr(existing);
  }
  const Policy policy = GetPolicy(peer_type);
  if (policy.server) {
    return absl::FailedPreconditionError(absl::StrCat(
        name(), ": by its policy (", std::string(policy.name), ") it never dials a ",
        std::string(EntityTypeName(peer_type)), ", and ", addr.ToString(), " is not connected"));
  }
  const std::shared_ptr<AsyncConnection> connection =
      NewConnection(options_.stack->AcquireLeastLoaded(), policy, EntityName{peer_type, -1},
                    EntityAddrVec(addr), /*incoming=*/false, anonymous);
  const std::shared_ptr<AsyncConnection> there = Insert(connection);
  if (there != connection) {
    connection->MarkDown();
    return ConnectionPtr(there);
  }
  connection->Connect();
  if (stopping()) connection->MarkDown();
  return ConnectionPtr(connection);
}

ConnectionPtr AsyncMessenger::GetLoopbackConnection() { return loopback_; }

absl::Status AsyncMessenger::SendTo(MessagePtr message, EntityType peer_type,
                                    const EntityAddrVec& addrs) {
  absl::StatusOr<ConnectionPtr> connection = ConnectTo(peer_type, addrs, false);
  if (!connection.ok()) return connection.status();
  (*connection)->Send(std::move(message));
  return absl::OkStatus();
}

std::vector<std::shared_ptr<AsyncConnection>> AsyncMessenger::AllConnections() {
  std::vector<std::shared_ptr<AsyncConnection>> connections;
  MutexLock lock(mutex_);
  connections.reserve(all_.size());
  for (const auto& [id, connection] : all_) connections.push_back(connection);
  return connections;
}

void AsyncMessenger::MarkDown(const EntityAddr& addr) {
  if (std::shared_ptr<AsyncConnection> connection = Lookup(addr)) connection->MarkDown();
}

void AsyncMessenger::MarkDownAll() {
  for (const auto& connection : AllConnections()) connection->MarkDown();
  std::vector<std::shared_ptr<IncomingLink>> incoming;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, link] : incoming_) incoming.push_back(link);
  }
  for (const auto& link : incoming) link->Abort();
}

// --- End.

void AsyncMessenger::Shutdown() {
  if (stopping_.exchange(true, std::memory_order_acq_rel)) return;
  for (const auto& processor : processors_) processor->Stop();
  MarkDownAll();
  loopback_->Close();
  dispatch_queue_.Shutdown();
  stopped_.Notify();
}

void AsyncMessenger::Wait() {
  stopped_.WaitForNotification();
  // A dispatcher may have dialled in its last call.
  dispatch_queue_.Wait();
  MarkDownAll();
  // Closing a connection posts the end of its link, and a link may be on its way to another worker:
  // each drain carries one step of that through.
  for (int step = 0; step < 3; ++step) {
    options_.stack->Drain();
    MarkDownAll();
  }
  options_.stack->Drain();
}

// --- Numbers and addresses.

uint32_t AsyncMessenger::NextGlobalSeq(uint32_t at_least) {
  uint32_t current = global_seq_.load(std::memory_order_relaxed);
  uint32_t next;
  do {
    next = std::max(current, at_least) + 1;
  } while (!global_seq_.compare_exchange_weak(current, next, std::memory_order_acq_rel));
  return next;
}

uint32_t AsyncMessenger::ProtocolVersionFor(EntityType peer_type, bool connecting) const {
  return v1::ProtocolVersion(entity_type_, peer_type, connecting, cluster_protocol_);
}

v1::FsmOptions AsyncMessenger::FsmOptionsNow() const {
  return {.self_type = entity_type_,
          .crc_header = settings_.crc_header(),
          .crc_data = settings_.crc_data(),
          .max_front = settings_.max_front(),
          .max_middle = settings_.max_middle(),
          .max_data = settings_.max_data()};
}

SocketOptions AsyncMessenger::SocketOptionsNow() const {
  const Config& config = *options_.config;
  SocketOptions socket;
  socket.nodelay = config.GetBool("ms_tcp_nodelay");
  socket.receive_buffer = static_cast<int>(config.GetInt("ms_tcp_rcvbuf"));
  socket.listen_backlog = static_cast<int>(config.GetInt("ms_tcp_listen_backlog"));
  socket.priority = socket_priority_;
  return socket;
}

EntityAddr AsyncMessenger::MyLegacyAddr() const {
  MutexLock lock(mutex_);
  return addrs_.legacy();
}

void AsyncMessenger::LearnAddr(const EntityAddr& seen) {
  if (seen.is_blank_ip()) return;
  MutexLock lock(mutex_);
  for (EntityAddr& addr : addrs_.addrs()) {
    if (!addr.is_blank_ip()) continue;
    addr.set_ip_from(seen);
    VLOG(1) << name() << ": is reached at " << addr.ToString();
  }
  loopback_->SetAddrs(addrs_);
}

}  // namespace siphon
