#include "services/osd/op_shards.h"

#include <utility>

#include "absl/hash/hash.h"

namespace siphon::osd {

OpShards::OpShards(size_t shards) {
  for (size_t i = 0; i < shards; ++i) {
    shards_.push_back(std::make_unique<Shard>());
    Shard& shard = *shards_.back();
    shard.thread = std::thread([&shard] { Run(shard); });
  }
}

OpShards::Shard& OpShards::ShardOf(const rados::PgId& pg) const {
  return *shards_[absl::HashOf(pg.pool, pg.ps) % shards_.size()];
}

bool OpShards::MustQueue(const rados::PgId& pg, bool slow) const {
  if (shards_.empty()) return false;
  return slow || ShardOf(pg).pending.load(std::memory_order_acquire) != 0;
}

void OpShards::Queue(const rados::PgId& pg, Work work) {
  Shard& shard = ShardOf(pg);
  MutexLock lock(shard.mutex);
  if (shard.stopped) return;
  shard.pending.fetch_add(1, std::memory_order_relaxed);
  shard.queue.push_back(std::move(work));
  shard.queued.Signal();
}

void OpShards::Run(Shard& shard) {
  while (true) {
    Work work;
    {
      MutexLock lock(shard.mutex);
      while (shard.queue.empty() && !shard.stopped) shard.queued.Wait(shard.mutex);
      if (shard.stopped) return;
      work = std::move(shard.queue.front());
      shard.queue.pop_front();
    }
    work();
    // What it holds, a connection say, goes before others are let in.
    work = nullptr;
    shard.pending.fetch_sub(1, std::memory_order_release);
  }
}

void OpShards::Stop() {
  for (const auto& shard : shards_) {
    std::deque<Work> dropped;
    MutexLock lock(shard->mutex);
    shard->stopped = true;
    dropped.swap(shard->queue);
    shard->queued.Signal();
  }
  for (const auto& shard : shards_) {
    if (shard->thread.joinable()) shard->thread.join();
  }
}

}  // namespace siphon::osd
