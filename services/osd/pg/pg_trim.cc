// Removes what clones hold for snapshots that were removed: a walk over the group's objects, some
// at a time, so that requests run in between.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "glog/logging.h"
#include "services/osd/pg/pg.h"
#include "services/rados/interval_set.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::IntervalSet;

constexpr size_t kObjectsPerStep = 64;

IntervalSet AllOf(const RemovedSnaps& removed) {
  IntervalSet set;
  for (const IntervalSet* part : {removed.queue, removed.of_pool}) {
    if (part != nullptr) set = rados::Union(set, *part);
  }
  return set;
}

}  // namespace

void Pg::TrimSnaps(const RemovedSnaps& removed) {
  if (removed.empty()) return;
  IntervalSet wanted = AllOf(removed);
  {
    MutexLock lock(mutex_);
    if (!trim_failed_ && rados::Subtract(wanted, trimmed_).empty()) return;
    trimmed_ = std::move(wanted);
    trim_cursor_ = HObject::Min();
    trim_failed_ = false;
    if (std::exchange(trim_armed_, true)) return;
  }
  TrimStep();
}

void Pg::TrimStep() {
  bool more = true;
  while (more) {
    MutexLock lock(mutex_);
    more = TrimSome(kObjectsPerStep);
    if (!more) trim_armed_ = false;
    if (!more || environment_.timer == nullptr) continue;
    environment_.timer->After(absl::ZeroDuration(), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->TrimStep();
    });
    return;
  }
}

bool Pg::TrimSome(size_t max) {
  const auto page = collection_->List(trim_cursor_, max);
  if (!page.ok()) {
    LOG(ERROR) << id_.ToString() << ": removed snapshots stay: " << page.status();
    trim_failed_ = true;
    return false;
  }
  for (const HObject& object : page->objects) {
    if (object.snap != rados::kSnapHead) continue;
    const absl::Status trimmed = TrimObject(object);
    if (trimmed.ok()) continue;
    LOG(ERROR) << id_.ToString() << ": clones of \"" << object.oid << "\" stay: " << trimmed;
    trim_failed_ = true;
  }
  trim_cursor_ = page->next;
  if (!trim_cursor_.max) return true;
  if (!trim_failed_) purged_ = trimmed_;
  return false;
}

absl::Status Pg::TrimObject(const HObject& object) {
  ObjectState head = LoadObject(*collection_, object);
  const StoredCount before = CountOf(head);
  const RemovedSnaps removed{&trimmed_, nullptr};
  Transaction transaction;
  bool changed = false;
  const std::map<uint64_t, SnapSet::Clone> clones = head.snaps.clones;
  for (const auto& [id, clone] : clones) {
    for (const uint64_t snap : clone.snaps) {
      if (!removed.Contains(snap)) continue;
      changed = true;
      if (!head.snaps.RemoveSnap(id, snap)) continue;
      HObject gone = object;
      gone.snap = id;
      transaction.Remove(gone);
    }
  }
  if (!changed) return absl::OkStatus();
  const rados::EVersion version = NextVersion(0);
  if (head.info.whiteout && head.snaps.clones.empty()) {
    transaction.Remove(object);
    head.present = false;
  } else {
    head.info.version = version;
    transaction.SetAttrs(object, {{std::string(ObjectInfo::kAttr), head.info.Encode()},
                                  {std::string(SnapSet::kAttr), head.snaps.Encode()}});
  }
  const absl::Status applied = Commit(std::move(transaction), version, 0);
  if (applied.ok()) CountChange(before, CountOf(head));
  return applied;
}

}  // namespace siphon::osd
