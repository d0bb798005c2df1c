// PoolMonitor: snapshots, the pool's own and those that its clients keep.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/mon/state/pool_monitor.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_map_incremental.h"

namespace siphon::mon {
namespace {

constexpr size_t kMaxSnapNameBytes = 255;
constexpr size_t kMaxSnaps = 10000;  // of one pool: each is in every map

bool HasInterval(const rados::IntervalSet& set, uint64_t id) {
  return std::any_of(set.begin(), set.end(),
                     [id](const auto& i) { return id >= i.first && id - i.first < i.second; });
}

}  // namespace

absl::StatusOr<bool> PoolMonitor::CreateSnap(int64_t pool, const std::string& name) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  if (found->HasFlag(rados::PgPool::kSelfManagedSnaps))
    return absl::InvalidArgumentError(
        absl::StrCat("pool ", map().pool_names.at(pool), " is in unmanaged snaps mode"));
  if (name.empty() || name.size() > kMaxSnapNameBytes)
    return absl::InvalidArgumentError(
        absl::StrCat("a snapshot's name has 1 to ", kMaxSnapNameBytes, " bytes"));
  for (const auto& item : found->snaps)
    if (item.second.name == name) return false;
  if (found->snaps.size() >= kMaxSnaps)
    return absl::OutOfRangeError(absl::StrCat("a pool has at most ", kMaxSnaps, " snapshots"));
  rados::OsdMapIncremental change = maps_->NewChange(clock_->Now());
  found->flags |= rados::PgPool::kPoolSnaps;
  const uint64_t id = ++found->snap_seq;
  found->snaps[id] = {.id = id, .stamp = change.modified, .name = name};
  found->snap_epoch = change.epoch;
  change.new_pools[pool] = *std::move(found);
  if (absl::Status status = maps_->Commit(std::move(change)); !status.ok()) return status;
  return true;
}

absl::StatusOr<bool> PoolMonitor::RemoveSnap(int64_t pool, std::string_view name) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  if (found->HasFlag(rados::PgPool::kSelfManagedSnaps))
    return absl::InvalidArgumentError(
        absl::StrCat("pool ", map().pool_names.at(pool), " is in unmanaged snaps mode"));
  const auto snap = std::find_if(found->snaps.begin(), found->snaps.end(),
                                 [name](const auto& item) { return item.second.name == name; });
  if (snap == found->snaps.end()) return false;
  rados::OsdMapIncremental change = maps_->NewChange(clock_->Now());
  change.new_removed_snaps[pool] = {{snap->first, 1}};
  found->snaps.erase(snap);
  ++found->snap_seq;
  found->snap_epoch = change.epoch;
  change.new_pools[pool] = *std::move(found);
  if (absl::Status status = maps_->Commit(std::move(change)); !status.ok()) return status;
  return true;
}

absl::StatusOr<uint64_t> PoolMonitor::CreateUnmanagedSnap(int64_t pool) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  if (found->HasFlag(rados::PgPool::kPoolSnaps))
    return absl::InvalidArgumentError("the pool has snapshots of its own");
  found->flags |= rados::PgPool::kSelfManagedSnaps;
  found->snap_seq = std::max<uint64_t>(found->snap_seq, 1) + 1;
  found->snap_epoch = map().epoch + 1;
  const uint64_t snap = found->snap_seq;
  absl::Status status = Commit(pool, *std::move(found));
  if (!status.ok()) return status;
  return snap;
}

absl::Status PoolMonitor::DeleteUnmanagedSnap(int64_t pool, uint64_t snap) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  if (found->HasFlag(rados::PgPool::kPoolSnaps))
    return absl::InvalidArgumentError("the pool has snapshots of its own");
  if (!found->HasFlag(rados::PgPool::kSelfManagedSnaps) || snap == 0 || snap > found->snap_seq)
    return absl::NotFoundError(absl::StrCat("pool ", pool, " has no snapshot ", snap));
  const auto queue = map().removed_snaps_queue.find(pool);
  if (queue != map().removed_snaps_queue.end() && HasInterval(queue->second, snap))
    return absl::OkStatus();
  rados::OsdMapIncremental change = maps_->NewChange(clock_->Now());
  found->snap_epoch = change.epoch;
  change.new_pools[pool] = *std::move(found);
  change.new_removed_snaps[pool] = {{snap, 1}};
  return maps_->Commit(std::move(change));
}

}  // namespace siphon::mon
