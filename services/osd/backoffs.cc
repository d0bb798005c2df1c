#include "services/osd/backoffs.h"

#include "msg/features.h"
#include "services/osd/pg/pg_lister.h"
#include "services/rados/hobject.h"

namespace siphon::osd {

using rados::MOsdBackoff;
using rados::PgId;

Backoffs::Letter Backoffs::Write(const ConnectionPtr& to, const PgId& pg, const Entry& entry,
                                 MOsdBackoff::Op op) {
  auto message = std::make_unique<MOsdBackoff>();
  message->pg.pg = pg;
  message->map_epoch = entry.epoch;
  message->op = op;
  message->id = entry.id;
  message->begin = PgBegin(pg);
  message->begin.snap = rados::kSnapHead;  // as Ceph's OSDs write it; no object is before
  message->end = PgEnd(pg, entry.pg_num);
  return {to, std::move(message)};
}

void Backoffs::UpdateIdle() {
  idle_.store(held_.empty() && entries_.empty(), std::memory_order_release);
}

bool Backoffs::Hold(const PgId& pg) {
  MutexLock lock(mutex_);
  if (!held_.insert(pg).second) return false;
  // Whoever was about to be let go is not.
  for (auto& [key, entry] : entries_) {
    if (key.second == pg) entry.released = false;
  }
  UpdateIdle();
  return true;
}

std::optional<std::vector<Backoffs::Letter>> Backoffs::Release(const PgId& pg) {
  MutexLock lock(mutex_);
  if (held_.erase(pg) == 0) return std::nullopt;
  std::vector<Letter> letters;
  for (auto it = entries_.begin(); it != entries_.end();) {
    Entry& entry = it->second;
    const ConnectionPtr client = entry.client.lock();
    if (it->first.second != pg) {
      ++it;
    } else if (client != nullptr && !entry.acked) {
      entry.released = true;
      ++it;
    } else {
      if (client != nullptr) letters.push_back(Write(client, pg, entry, MOsdBackoff::kUnblock));
      it = entries_.erase(it);
    }
  }
  UpdateIdle();
  return letters;
}

std::set<PgId> Backoffs::held() const {
  MutexLock lock(mutex_);
  return held_;
}

bool Backoffs::Drops(const ConnectionPtr& from, const PgId& pg, uint32_t pg_num, uint32_t epoch,
                     std::optional<Letter>* letter) {
  MutexLock lock(mutex_);
  const Key key{from.get(), pg};
  auto it = entries_.find(key);
  // One of before, of whose place in memory another took possession.
  if (it != entries_.end() && it->second.client.lock() != from) {
    entries_.erase(it);
    it = entries_.end();
    UpdateIdle();
  }
  if (it != entries_.end()) return true;
  // A client that is gone asks again, on another connection.
  if (held_.contains(pg) && !from->IsConnected()) return true;
  if (!held_.contains(pg) || !HasFeature(from->features(), kFeatureServerLuminous)) return false;
  Entry& entry = entries_[key];
  entry = {.client = from, .id = ++last_id_, .pg_num = pg_num, .epoch = epoch};
  *letter = Write(from, pg, entry, MOsdBackoff::kBlock);
  sent_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::optional<Backoffs::Letter> Backoffs::OnAck(const ConnectionPtr& from, const MOsdBackoff& ack) {
  MutexLock lock(mutex_);
  const auto it = entries_.find({from.get(), ack.pg.pg});
  if (it == entries_.end() || it->second.id != ack.id || it->second.client.lock() != from) {
    return std::nullopt;
  }
  it->second.acked = true;
  if (!it->second.released) return std::nullopt;
  Letter letter = Write(from, ack.pg.pg, it->second, MOsdBackoff::kUnblock);
  entries_.erase(it);
  UpdateIdle();
  return letter;
}

void Backoffs::OnReset(const Connection* connection) {
  if (idle()) return;
  MutexLock lock(mutex_);
  std::erase_if(entries_, [connection](const auto& item) {
    return item.first.first == connection || item.second.client.expired();
  });
  UpdateIdle();
}

size_t Backoffs::waiting() const {
  MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace siphon::osd
