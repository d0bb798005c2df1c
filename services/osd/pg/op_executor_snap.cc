// Snapshots: what a write keeps of the object, and operations that ask for it.
#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "base/encoder.h"
#include "services/osd/pg/op_executor.h"

namespace siphon::osd {

using rados::HObject;
using rados::OsdOp;

void OpExecutor::MakeClone(rados::EVersion* version, Transaction* out) {
  if (object_.snap != rados::kSnapHead || !existed_ || !snaps_.NeedsClone(context_.snaps)) return;
  HObject clone = object_;
  clone.snap = snaps_.AddClone(context_.snaps, before_.size);
  out->Clone(object_, clone);
  ObjectInfo info = before_.info;
  info.version = *version;
  info.watches.clear();
  out->SetAttrs(clone, {{std::string(ObjectInfo::kAttr), info.Encode()}});
  out->RemoveAttr(clone, std::string(SnapSet::kAttr));
  ++version->version;
}

// Output: {1} vector<clone>, u64 seq; a clone is {1} u64 id, vector<u64> snapshots (oldest first),
// vector<pair<u64, u64>> overlap, u64 size. The head comes last, with the id kSnapHead.
int32_t OpExecutor::ListSnaps(OsdOp& op) {
  Encoder e(&op.out);
  Encoder::Versioned v(e, 2, 1);
  e.U32(static_cast<uint32_t>(snaps_.clones.size()) + (exists_ ? 1 : 0));
  for (const auto& [id, clone] : snaps_.clones) {
    Encoder::Versioned each(e, 1, 1);
    e.U64(id);
    e.U32(static_cast<uint32_t>(clone.snaps.size()));
    for (auto it = clone.snaps.rbegin(); it != clone.snaps.rend(); ++it) e.U64(*it);
    clone.overlap.Encode(e);
    e.U64(clone.size);
  }
  if (exists_) {
    Encoder::Versioned each(e, 1, 1);
    e.U64(rados::kSnapHead);
    e.U32(0);
    e.U32(0);
    e.U64(size_);
  }
  e.U64(snaps_.seq);
  return 0;
}

int32_t OpExecutor::Rollback(const OsdOp& op) {
  const uint64_t snap = op.Get<OsdOp::Snap>().snap;
  const std::optional<ObjectState> then =
      FindAtSnap(*collection_, before_, snap, context_.removed_snaps);
  if (!then.has_value()) {
    // It did not exist then.
    if (!info_.watches.empty()) return -EBUSY;
    if (exists_) RemoveHead();
    return 0;
  }
  if (then->id == object_) return 0;  // nothing was written since
  return RollbackTo(*then);
}

int32_t OpExecutor::RollbackTo(const ObjectState& clone) {
  // What is the same in all clones from that one on stays the same.
  ByteRanges same;
  same.Insert(0, ~uint64_t{0});
  for (auto it = snaps_.clones.lower_bound(clone.id.snap); it != snaps_.clones.end(); ++it) {
    same.Intersect(it->second.overlap);
  }
  ByteRanges changed;
  changed.Insert(0, std::max(size_, clone.size));
  changed.Erase(same);
  for (const auto& [offset, length] : changed.ranges()) modified_.Insert(offset, length);
  transaction_.Clone(clone.id, object_);
  info_.whiteout = false;
  info_.mtime = clone.info.mtime;
  exists_ = true;
  size_ = clone.size;
  return 0;
}

}  // namespace siphon::osd
