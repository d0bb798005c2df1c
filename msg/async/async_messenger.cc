#include "msg/async/async_messenger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/protocol/v1/connection_fsm.h"
#include "msg/protocol/v1/wire.h"
#include "msg/protocol/v2/compression_policy.h"
#include "msg/protocol/v2/connection_fsm.h"

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
  blank.set_type(EntityAddr::kAny);
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

  std::vector<EntityAddr> bound, advertised;
  for (EntityAddr addr : addrs.addrs()) {
    if (addr.type() != EntityAddr::kMsgr2) addr.set_type(EntityAddr::kLegacy);
    addr.set_nonce(nonce());
    Worker* worker = options_.stack->worker(0);
    auto listener = std::make_shared<EntityAddr>();
    auto processor = std::make_unique<Processor>(
        options_.stack, worker,
        [this, listener](std::unique_ptr<ConnectedSocket> socket, Worker* chosen) {
          OnAccept(std::move(socket), chosen, *listener);
        });
    if (absl::Status status = processor->Bind(addr, bind); !status.ok()) return status;
    *listener = Advertised(processor->addr());
    bound.push_back(processor->addr());
    advertised.push_back(*listener);
    processors_.push_back(std::move(processor));
  }
  MutexLock lock(mutex_);
  bound_addrs_ = EntityAddrVec(bound);
  addrs_ = EntityAddrVec(advertised);
  loopback_->SetAddrs(addrs_);
  return absl::OkStatus();
}

EntityAddr AsyncMessenger::Advertised(const EntityAddr& bound) const {
  EntityAddr addr = bound.type() == EntityAddr::kMsgr2 ? advertised_.msgr2() : advertised_.legacy();
  if (addr.is_blank()) return bound;
  addr.set_nonce(bound.nonce());
  return addr;
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
  EntityAddrVec addrs;
  std::set<int> avoid = avoid_ports;
  for (const auto& processor : processors_) processor->Stop();
  processors_.clear();
  MarkDownAll();
  {
    MutexLock lock(mutex_);
    nonce_ += 1000000;
    addrs = advertised_.empty() ? addrs_ : bound_addrs_;
  }
  for (EntityAddr& addr : addrs.addrs()) {
    // What maps a port to this one does not follow.
    if (Advertised(addr) != addr) continue;
    avoid.insert(addr.port());
    addr.set_port(0);
  }
  if (absl::Status status = BindAddrs(addrs, avoid); !status.ok()) return status;
  for (const auto& processor : processors_) processor->Start();
  return absl::OkStatus();
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

uint64_t AsyncMessenger::NextGlobalSeq(uint64_t at_least) {
  uint64_t current = global_seq_.load(std::memory_order_relaxed);
  uint64_t next;
  do {
    next = std::max(current, at_least) + 1;
  } while (!global_seq_.compare_exchange_weak(current, next, std::memory_order_acq_rel));
  return next;
}

uint64_t AsyncMessenger::RandomCookie() {
  uint64_t cookie = 0;
  while (cookie == 0) cookie = options_.random->Next();
  return cookie;
}

uint32_t AsyncMessenger::ProtocolVersionFor(EntityType peer_type, bool connecting) const {
  return v1::ProtocolNumber(entity_type_, peer_type, connecting, cluster_protocol_);
}

std::unique_ptr<ConnectionMachine> AsyncMessenger::NewMachine(EntityAddr::Type type,
                                                              MachineHost* host) const {
  const MachineOptions options{.self_type = entity_type_,
                               .crc_header = settings_.crc_header(),
                               .crc_data = settings_.crc_data(),
                               .sign = settings_.sign_messages(),
                               .max_front = settings_.max_front(),
                               .max_middle = settings_.max_middle(),
                               .max_data = settings_.max_data()};
  if (type == EntityAddr::kLegacy) return std::make_unique<v1::ConnectionFsm>(options, host);
  auto machine = std::make_unique<v2::ConnectionFsm>(options, host);
  if (!options_.config->GetBool("ms_msgr2_1")) machine->set_banner({.supported = 0, .required = 0});
  absl::StatusOr<v2::CompressionPolicy> compression =
      v2::CompressionPolicy::FromConfig(*options_.config);
  if (compression.ok()) {
    machine->set_compression(*std::move(compression));
  } else {
    LOG_FIRST_N(ERROR, 1) << name() << ": " << compression.status().message()
                          << "; nothing is compressed";
  }
  return machine;
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

EntityAddrVec AsyncMessenger::AddrsFor(ProtocolVersion version) const {
  MutexLock lock(mutex_);
  if (bound_ || version == ProtocolVersion::kV2) return addrs_;
  // Who listens nowhere is of any protocol; v1 knows but its own.
  EntityAddr addr = addrs_.front();
  addr.set_type(EntityAddr::kLegacy);
  return EntityAddrVec(addr);
}

EntityAddr AsyncMessenger::MyAddr(ProtocolVersion version) const {
  const EntityAddrVec addrs = AddrsFor(version);
  return version == ProtocolVersion::kV1 ? addrs.legacy() : TableKey(addrs);
}

EntityAddr AsyncMessenger::AsIsReached(const EntityAddr& listener) const {
  MutexLock lock(mutex_);
  for (const EntityAddr& addr : addrs_.addrs()) {
    if (addr.type() == listener.type() && addr.port() == listener.port()) return addr;
  }
  return listener;
}

bool AsyncMessenger::IsMyAddr(const EntityAddr& addr) const {
  MutexLock lock(mutex_);
  for (EntityAddr mine : addrs_.addrs()) {
    if (mine.is_blank_ip()) mine.set_ip_from(addr);  // bound to every address of the host
    if (mine == addr) return true;
  }
  return false;
}

EntityAddr AsyncMessenger::TableKey(const EntityAddrVec& addrs) {
  const EntityAddr v2 = addrs.msgr2();
  return v2.is_blank() ? addrs.front() : v2;
}

void AsyncMessenger::LearnAddr(const EntityAddr& seen) {
  if (seen.is_blank_ip() || !settings_.learn_addr()) return;
  MutexLock lock(mutex_);
  for (EntityAddr& addr : addrs_.addrs()) {
    if (!addr.is_blank_ip()) continue;
    addr.set_ip_from(seen);
    VLOG(1) << name() << ": is reached at " << addr.ToString();
  }
  loopback_->SetAddrs(addrs_);
}

}  // namespace siphon
