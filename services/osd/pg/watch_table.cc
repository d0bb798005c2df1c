#include "services/osd/pg/watch_table.h"

#include <cerrno>
#include <memory>

#include "base/encoder.h"
#include "services/rados/messages/watch_notify.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::MWatchNotify;

// Ceph's map<pair<u64 client, u64 cookie>, blob> of answers, then the set of those without one.
BufferList EncodeOutcome(const std::vector<std::pair<WatchKey, BufferList>>& replies,
                         const std::set<WatchKey>& missing) {
  BufferList bytes;
  Encoder e(&bytes);
  e.U32(static_cast<uint32_t>(replies.size()));
  for (const auto& [key, reply] : replies) {
    e.U64(static_cast<uint64_t>(key.client.num));
    e.U64(key.cookie);
    e.Blob(reply);
  }
  e.U32(static_cast<uint32_t>(missing.size()));
  for (const WatchKey& key : missing) {
    e.U64(static_cast<uint64_t>(key.client.num));
    e.U64(key.cookie);
  }
  return bytes;
}

}  // namespace

void WatchTable::Populate(const HObject& object, const std::map<WatchKey, WatchInfo>& watches) {
  for (const auto& [key, info] : watches) {
    const auto [it, fresh] = watches_.try_emplace({object, key});
    if (!fresh) continue;
    it->second.info = info;
    Touch(it->first, it->second);
  }
}

bool WatchTable::IsConnected(const HObject& object, const WatchKey& key) const {
  const auto it = watches_.find({object, key});
  return it != watches_.end() && it->second.connection != nullptr;
}

void WatchTable::Perform(const HObject& object, const OpEffects& effects, const EntityName& client,
                         const ConnectionPtr& connection, uint64_t version) {
  for (const WatchKey& key : effects.pings) {
    if (const auto it = watches_.find({object, key}); it != watches_.end()) {
      it->second.alive_at = options_.clock->Monotonic();
    }
  }
  for (const OpEffects::Connect& connect : effects.connects) Connect(object, connect, connection);
  for (const OpEffects::Disconnect& gone : effects.disconnects) Remove(object, gone.key, gone.tell);
  for (const OpEffects::Notify& wanted : effects.notifies) {
    Start(object, wanted, client, connection, version);
  }
  for (const OpEffects::Ack& ack : effects.acks) Acknowledge(object, ack, client);
}

void WatchTable::Connect(const HObject& object, const OpEffects::Connect& connect,
                         const ConnectionPtr& connection) {
  const auto it = watches_.try_emplace({object, connect.key}).first;
  Watch& watch = it->second;
  watch.info = connect.info;
  watch.pings = connect.pings;
  const bool moved = watch.connection != connection;
  watch.connection = connection;
  Touch(it->first, watch);
  if (!moved) return;
  // What the old connection may not have brought.
  for (const uint64_t id : watch.notifies) {
    SendNotify(watch, connect.key, id, notifies_.at(id));
  }
}

void WatchTable::Remove(const HObject& object, const WatchKey& key, bool tell) {
  const auto it = watches_.find({object, key});
  if (it == watches_.end()) return;
  Disarm(it->second);
  const Watch gone = std::move(it->second);
  watches_.erase(it);
  if (tell && gone.connection != nullptr) {
    auto message = std::make_unique<MWatchNotify>();
    message->op = MWatchNotify::kDisconnect;
    message->cookie = key.cookie;
    gone.connection->Send(std::move(message));
  }
  for (const uint64_t id : gone.notifies) Settle(id, key, nullptr);
}

bool WatchTable::OnDue(const HObject& object, const WatchKey& key) {
  const auto it = watches_.find({object, key});
  if (it == watches_.end()) return false;
  Watch& watch = it->second;
  watch.timer = 0;
  if (watch.connection != nullptr && !watch.pings) return false;
  const absl::Duration left = absl::Seconds(watch.info.timeout_seconds) -
                              absl::Nanoseconds(options_.clock->Monotonic() - watch.alive_at);
  if (left <= absl::ZeroDuration()) return true;
  Arm(it->first, watch, left);
  return false;
}

void WatchTable::OnReset(const Connection* connection) {
  for (auto& [place, watch] : watches_) {
    if (watch.connection.get() != connection) continue;
    watch.connection = nullptr;
    // The last ping still counts for those that ping.
    if (!watch.pings) Touch(place, watch);
  }
}

std::vector<std::pair<HObject, WatchKey>> WatchTable::Find(
    const std::function<bool(const WatchInfo&)>& pred) const {
  std::vector<Place> found;
  for (const auto& [place, watch] : watches_) {
    if (pred(watch.info)) found.push_back(place);
  }
  return found;
}

std::vector<WatchTable::Listed> WatchTable::List() const {
  std::vector<Listed> all;
  for (const auto& [place, watch] : watches_) {
    all.push_back({place.first, place.second, watch.info});
  }
  return all;
}

void WatchTable::Start(const HObject& object, const OpEffects::Notify& wanted,
                       const EntityName& client, const ConnectionPtr& connection,
                       uint64_t version) {
  Notify& notify = notifies_[wanted.id];
  notify.connection = connection;
  notify.client = client;
  notify.cookie = wanted.cookie;
  notify.version = version;
  notify.payload = wanted.payload;
  for (auto it = Begin(object); it != watches_.end() && it->first.first == object; ++it) {
    const WatchKey& key = it->first.second;
    it->second.notifies.insert(wanted.id);
    notify.waits_for.insert(key);
    SendNotify(it->second, key, wanted.id, notify);
  }
  if (notify.waits_for.empty()) return Complete(wanted.id, /*timed_out=*/false);
  if (options_.timer == nullptr) return;
  notify.timer = options_.timer->After(absl::Seconds(wanted.timeout_seconds),
                                       [due = options_.on_notify_due, id = wanted.id] { due(id); });
}

void WatchTable::SendNotify(const Watch& watch, const WatchKey& key, uint64_t id,
                            const Notify& notify) {
  if (watch.connection == nullptr) return;
  auto message = std::make_unique<MWatchNotify>();
  message->op = MWatchNotify::kNotify;
  message->cookie = key.cookie;
  message->version = notify.version;
  message->notify_id = id;
  message->payload = notify.payload;
  message->notifier_gid = static_cast<uint64_t>(notify.client.num);
  watch.connection->Send(std::move(message));
}

void WatchTable::Acknowledge(const HObject& object, const OpEffects::Ack& ack,
                             const EntityName& client) {
  std::vector<WatchKey> answered;
  for (auto it = Begin(object); it != watches_.end() && it->first.first == object; ++it) {
    const WatchKey& key = it->first.second;
    if (key.client != client || (ack.cookie.has_value() && *ack.cookie != key.cookie)) continue;
    if (it->second.notifies.erase(ack.notify_id) > 0) answered.push_back(key);
  }
  for (const WatchKey& key : answered) Settle(ack.notify_id, key, &ack.reply);
}

void WatchTable::Settle(uint64_t id, const WatchKey& key, const BufferList* reply) {
  const auto it = notifies_.find(id);
  if (it == notifies_.end() || it->second.waits_for.erase(key) == 0) return;
  if (reply != nullptr) it->second.replies.emplace_back(key, *reply);
  if (it->second.waits_for.empty()) Complete(id, /*timed_out=*/false);
}

void WatchTable::ExpireNotify(uint64_t id) {
  if (notifies_.contains(id)) Complete(id, /*timed_out=*/true);
}

void WatchTable::Complete(uint64_t id, bool timed_out) {
  auto node = notifies_.extract(id);
  Notify& notify = node.mapped();
  if (options_.timer != nullptr) options_.timer->Cancel(notify.timer);
  if (timed_out) {
    for (auto& [place, watch] : watches_) watch.notifies.erase(id);
  }
  if (notify.connection == nullptr) return;
  auto message = std::make_unique<MWatchNotify>();
  message->op = MWatchNotify::kNotifyComplete;
  message->cookie = notify.cookie;
  message->version = notify.version;
  message->notify_id = id;
  message->notifier_gid = static_cast<uint64_t>(notify.client.num);
  message->result = timed_out ? -ETIMEDOUT : 0;
  message->mutable_data() = EncodeOutcome(notify.replies, notify.waits_for);
  notify.connection->Send(std::move(message));
}

void WatchTable::Touch(const Place& place, Watch& watch) {
  watch.alive_at = options_.clock->Monotonic();
  if (watch.timer == 0) Arm(place, watch, absl::Seconds(watch.info.timeout_seconds));
}

void WatchTable::Arm(const Place& place, Watch& watch, absl::Duration delay) {
  if (options_.timer == nullptr) return;
  watch.timer = options_.timer->After(
      delay, [due = options_.on_watch_due, place] { due(place.first, place.second); });
}

void WatchTable::Disarm(Watch& watch) {
  if (options_.timer != nullptr) options_.timer->Cancel(watch.timer);
  watch.timer = 0;
}

void WatchTable::Clear() {
  for (auto& [place, watch] : watches_) Disarm(watch);
  if (options_.timer != nullptr) {
    for (const auto& [id, notify] : notifies_) options_.timer->Cancel(notify.timer);
  }
  watches_.clear();
  notifies_.clear();
}

}  // namespace siphon::osd
