#include "services/objecter/op_target.h"

#include <algorithm>
#include <utility>

#include "services/rados/pg_pool.h"

namespace siphon::client {
namespace {

using rados::OsdMap;
using rados::PgPool;

bool SamePlacement(const OsdMap::Placement& a, const OsdMap::Placement& b) {
  return a.up == b.up && a.up_primary == b.up_primary && a.acting == b.acting &&
         a.acting_primary == b.acting_primary;
}

// Erasure coded placement groups name the shard that the primary holds.
int8_t ShardOf(const PgPool& pool, const OsdMap::Placement& placement) {
  if (!pool.is_erasure()) return rados::ShardedPgId::kNoShard;
  const auto found =
      std::find(placement.acting.begin(), placement.acting.end(), placement.acting_primary);
  return static_cast<int8_t>(found - placement.acting.begin());
}

}  // namespace

bool OpTarget::Place(const OsdMap& map) {
  const State before = state;
  const PgPool* pool = map.FindPool(locator.pool);
  const absl::StatusOr<rados::PgId> raw =
      locator.hash != rados::ObjectLocator::kNoHash
          ? rados::PgId{static_cast<uint64_t>(locator.pool), static_cast<uint32_t>(locator.hash)}
          : map.ObjectToRawPg(locator.pool, oid, locator.key, locator.nspace);
  if (pool == nullptr || !raw.ok()) {
    state = State::kNoPool;
    osd = -1;
    return false;
  }
  raw_hash = raw->ps;
  rados::ShardedPgId new_pg;
  new_pg.pg = rados::PgId{raw->pool, pool->PgOfHash(raw->ps)};
  OsdMap::Placement placement = map.PgToUpActing(new_pg.pg);
  new_pg.shard = ShardOf(*pool, placement);

  const bool moved = new_pg != pg || !SamePlacement(placement, placement_) ||
                     pool->pg_num != pg_num_ || pool->last_force_op_resend > force_resend_;
  pg = new_pg;
  placement_ = std::move(placement);
  pg_num_ = pool->pg_num;
  force_resend_ = pool->last_force_op_resend;
  osd = map.IsUp(placement_.acting_primary) ? placement_.acting_primary : -1;

  const bool full = map.HasFlag(OsdMap::kFull) || pool->HasFlag(PgPool::kFull);
  const bool paused = writes ? map.HasFlag(OsdMap::kPauseWrite) || (full && !full_try)
                             : map.HasFlag(OsdMap::kPauseRead);
  state = osd < 0 ? State::kNoPrimary : paused ? State::kPaused : State::kPlaced;
  return state == State::kPlaced && (moved || before != State::kPlaced);
}

rados::HObject OpTarget::hobject() const {
  rados::HObject object;
  object.oid = oid;
  object.key = locator.key == oid ? std::string() : locator.key;
  object.snap = rados::kSnapHead;
  object.hash = raw_hash;
  object.nspace = locator.nspace;
  object.pool = locator.pool;
  return object;
}

}  // namespace siphon::client
