// An AsyncMessenger's connections, found by their peers' addresses.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "msg/async/async_messenger.h"

namespace siphon {

void AsyncMessenger::OnAccept(std::unique_ptr<ConnectedSocket> socket, Worker* worker,
                              const EntityAddr& listener) {
  const uint64_t id = accepted_.fetch_add(1, std::memory_order_relaxed);
  auto link = std::make_shared<IncomingLink>(this, id, std::move(socket), worker, listener);
  std::shared_ptr<IncomingLink> oldest;
  {
    MutexLock lock(mutex_);
    incoming_.emplace(id, link);
    // Who is honest is through in a moment: what stands long is in the way.
    if (incoming_.size() > settings_.max_accepting()) {
      oldest = incoming_.begin()->second;
      incoming_.erase(incoming_.begin());
    }
  }
  if (oldest != nullptr) oldest->GiveWay();
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
  // The address by which the peer is found comes first.
  std::vector<EntityAddr> ordered = addrs.addrs();
  const auto key = std::find(ordered.begin(), ordered.end(), TableKey(addrs));
  std::rotate(ordered.begin(), key, key + 1);
  return std::make_shared<AsyncConnection>(this, next_id_.fetch_add(1), worker, policy, peer,
                                           EntityAddrVec(std::move(ordered)), incoming, anonymous);
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

uint64_t AsyncMessenger::LastAttempt(const EntityAddr& peer) const {
  MutexLock lock(mutex_);
  const auto it = attempts_.find(peer);
  return it == attempts_.end() ? 0 : it->second;
}

void AsyncMessenger::RememberAttempt(const EntityAddr& peer, uint64_t global_seq) {
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

EntityAddrVec AsyncMessenger::Diallable(const EntityAddrVec& addrs) const {
  bool v1 = true;
  bool v2 = true;
  {
    // Who is bound to one protocol only speaks that one.
    MutexLock lock(mutex_);
    if (bound_) {
      v1 = !addrs_.legacy().is_blank();
      v2 = !addrs_.msgr2().is_blank();
    }
  }
  if (v2 && !addrs.msgr2().is_blank()) return addrs;
  EntityAddr addr = v1 ? addrs.legacy() : EntityAddr();
  if (addr.is_blank() && v1) {
    for (const EntityAddr& a : addrs.addrs()) {
      if (a.type() == EntityAddr::kAny || a.type() == EntityAddr::kNone) addr = a;
    }
    if (!addr.is_blank_ip()) addr.set_type(EntityAddr::kLegacy);
  }
  return EntityAddrVec(addr);
}

absl::StatusOr<ConnectionPtr> AsyncMessenger::ConnectTo(EntityType peer_type,
                                                        const EntityAddrVec& addrs,
                                                        bool anonymous) {
  if (stopping()) return absl::FailedPreconditionError(absl::StrCat(name(), " is shut down"));
  const EntityAddrVec peer_addrs = Diallable(addrs);
  const EntityAddr addr = peer_addrs.front();
  if (addr.is_blank_ip() || addr.port() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(name(), ": no address to dial in ",
                                                   addrs.ToString(), " (this side speaks ",
                                                   AddrsFor(ProtocolVersion::kV2).ToString(), ")"));
  }
  if (this->addrs().Contains(addr)) return GetLoopbackConnection();
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
                    peer_addrs, /*incoming=*/false, anonymous);
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

}  // namespace siphon
