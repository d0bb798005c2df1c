#include "msg/async/injected_faults.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace siphon {
namespace {

// An order for nonce 0 is for any. A peer has an address of each protocol, with one nonce: an order
// that names one of them is for the other, too.
bool Means(const EntityAddr& order, const EntityAddr& peer) {
  if (!order.SameIp(peer)) return false;
  if (order.nonce() == 0) return order.port() == peer.port();
  return order.nonce() == peer.nonce() &&
         (order.port() == peer.port() || order.type() != peer.type());
}

bool Has(const std::vector<EntityAddr>& orders, const EntityAddr& peer) {
  return std::any_of(orders.begin(), orders.end(),
                     [&peer](const EntityAddr& order) { return Means(order, peer); });
}

void Remove(const std::optional<EntityAddr>& peer, std::vector<EntityAddr>* from) {
  std::erase_if(*from, [&peer](const EntityAddr& a) { return !peer || a == *peer; });
}

}  // namespace

void InjectedFaults::Apply(FaultInjection::Kind kind, const std::optional<EntityAddr>& peer) {
  using Kind = FaultInjection::Kind;
  MutexLock lock(mutex_);
  const bool partition = kind == Kind::kPartition || kind == Kind::kHeal;
  Peers& peers = partition ? partitioned_ : paused_;
  Remove(peer, &peers);
  const bool begins = kind == Kind::kPartition || kind == Kind::kPauseReading;
  if (begins && peer) peers.push_back(*peer);
  any_.store(!partitioned_.empty() || !paused_.empty(), std::memory_order_relaxed);
}

bool InjectedFaults::IsPartitioned(const EntityAddr& peer) const {
  if (!any()) return false;
  MutexLock lock(mutex_);
  return Has(partitioned_, peer);
}

bool InjectedFaults::IsReadingPaused(const EntityAddr& peer) const {
  if (!any()) return false;
  MutexLock lock(mutex_);
  return Has(paused_, peer);
}

std::vector<std::string> InjectedFaults::List() const {
  std::vector<std::string> list;
  MutexLock lock(mutex_);
  for (const EntityAddr& a : partitioned_) list.push_back(absl::StrCat("partition ", a.ToString()));
  for (const EntityAddr& a : paused_) list.push_back(absl::StrCat("pause-reading ", a.ToString()));
  return list;
}

}  // namespace siphon
