#include "services/osd/pg/pg_table.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"

namespace siphon::osd {

using rados::OsdMap;
using rados::PgId;
using rados::PgPool;

namespace {

PgEpoch EpochOf(const PgId& pg, const OsdMap& map, const PgPool& pool) {
  PgEpoch now;
  now.epoch = map.epoch;
  now.pg_num = pool.pg_num;
  now.pool = &pool;
  now.cluster_full = map.HasFlag(OsdMap::kFull);
  now.removed_snaps.of_pool = &pool.removed_snaps;
  const auto queue = map.removed_snaps_queue.find(static_cast<int64_t>(pg.pool));
  if (queue != map.removed_snaps_queue.end()) now.removed_snaps.queue = &queue->second;
  return now;
}

}  // namespace

absl::StatusOr<PgTable::Lead> PgTable::Find(const PgId& pg, const OsdMap& map) {
  const PgPool* pool = map.FindPool(static_cast<int64_t>(pg.pool));
  if (pool == nullptr || pg.ps >= pool->pg_num) {
    return absl::NotFoundError(
        absl::StrCat("map ", map.epoch, " has no placement group ", pg.ToString()));
  }
  Part& part = PartOf(pg);
  Slot slot;
  {
    MutexLock lock(part.mutex);
    if (const auto it = part.slots.find(pg); it != part.slots.end()) slot = it->second;
  }
  bool fresh = false;
  if (slot.epoch != map.epoch) {
    slot.epoch = map.epoch;
    slot.leads = map.PgToUpActing(pg).acting_primary == whoami_;
    ObjectCollectionPtr collection;
    if (slot.leads && slot.pg == nullptr) {
      absl::StatusOr<ObjectCollectionPtr> opened = store_->Open(pg);
      if (!opened.ok()) return opened.status();
      collection = *std::move(opened);
    }
    MutexLock lock(part.mutex);
    Slot& kept = part.slots[pg];
    // Another thread may have made it meanwhile.
    if (kept.pg == nullptr && collection != nullptr) {
      fresh = true;
      kept.pg = Pg::Make(pg, std::move(collection), environment_);
    }
    if (slot.epoch > kept.epoch) {
      kept.epoch = slot.epoch;
      kept.leads = slot.leads;
    }
    slot.pg = kept.pg;
  }
  if (!slot.leads) {
    return absl::FailedPreconditionError(
        absl::StrCat("osd.", whoami_, " does not lead ", pg.ToString(), " in map ", map.epoch));
  }
  const PgEpoch now = EpochOf(pg, map, *pool);
  if (fresh) slot.pg->TrimSnaps(now.removed_snaps);
  return Lead{std::move(slot.pg), now};
}

bool PgTable::IsActing(const PgId& pg, const OsdMap& map) const {
  const std::vector<int32_t> acting = map.PgToUpActing(pg).acting;
  return std::find(acting.begin(), acting.end(), whoami_) != acting.end();
}

std::vector<std::shared_ptr<Pg>> PgTable::All() const {
  std::vector<std::shared_ptr<Pg>> all;
  for (const Part& part : parts_) {
    MutexLock lock(part.mutex);
    for (const auto& [id, slot] : part.slots) {
      if (slot.pg != nullptr) all.push_back(slot.pg);
    }
  }
  return all;
}

void PgTable::OnMapChange(const OsdMap& map) {
  for (const std::shared_ptr<Pg>& pg : All()) {
    if (!map.blocklist.empty()) {
      pg->DropWatches([&map](const EntityAddr& addr) { return map.IsBlocklisted(addr); });
    }
    const PgPool* pool = map.FindPool(static_cast<int64_t>(pg->id().pool));
    if (pool == nullptr || map.HasFlag(OsdMap::kNoSnapTrim)) continue;
    pg->TrimSnaps(EpochOf(pg->id(), map, *pool).removed_snaps);
  }
}

std::vector<PgReport> PgTable::Reports(const OsdMap& map) {
  std::vector<PgReport> reports;
  for (const auto& [id, pool] : map.pools) {
    for (uint32_t ps = 0; ps < pool.pg_num; ++ps) {
      const absl::StatusOr<Lead> lead = Find({static_cast<uint64_t>(id), ps}, map);
      if (lead.ok()) reports.push_back(lead->pg->Report());
    }
  }
  return reports;
}

void PgTable::OnReset(const Connection* connection) {
  for (const std::shared_ptr<Pg>& pg : All()) pg->OnReset(connection);
}

void PgTable::DropDeletedPools(const OsdMap& map) {
  // A map that is older than a pool has not heard of it; pools are numbered as they are made.
  const auto is_gone = [&map](const PgId& pg) {
    return static_cast<int64_t>(pg.pool) <= map.pool_max &&
           map.FindPool(static_cast<int64_t>(pg.pool)) == nullptr;
  };
  std::set<PgId> gone;
  for (const PgId& pg : store_->ListCollections()) {
    if (is_gone(pg)) gone.insert(pg);
  }
  for (Part& part : parts_) {
    MutexLock lock(part.mutex);
    for (const auto& [pg, slot] : part.slots) {
      if (is_gone(pg)) gone.insert(pg);
    }
  }
  for (const PgId& pg : gone) {
    Slot slot;
    {
      Part& part = PartOf(pg);
      MutexLock lock(part.mutex);
      if (const auto it = part.slots.find(pg); it != part.slots.end()) {
        slot = std::move(it->second);
        part.slots.erase(it);
      }
    }
    const absl::Status status = store_->Remove(pg);
    LOG_IF(ERROR, !status.ok()) << pg.ToString() << ": its objects stay: " << status;
  }
}

size_t PgTable::size() const {
  size_t n = 0;
  for (const Part& part : parts_) {
    MutexLock lock(part.mutex);
    n += part.slots.size();
  }
  return n;
}

}  // namespace siphon::osd
