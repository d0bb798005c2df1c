#include "services/osd/pg/object_state.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"

namespace siphon::osd {

using rados::HObject;
using rados::IntervalSet;

namespace {

bool IsIn(const IntervalSet* set, uint64_t snap) {
  return set != nullptr && std::any_of(set->begin(), set->end(), [snap](const auto& interval) {
           return snap >= interval.first && snap - interval.first < interval.second;
         });
}

}  // namespace

StoredCount& StoredCount::operator+=(const StoredCount& other) {
  objects += other.objects;
  clones += other.clones;
  whiteouts += other.whiteouts;
  bytes += other.bytes;
  return *this;
}

StoredCount CountOf(const ObjectState& head) {
  StoredCount count;
  if (!head.present) return count;
  count.clones = static_cast<int64_t>(head.snaps.clones.size());
  count.objects = 1 + count.clones;
  count.whiteouts = head.info.whiteout ? 1 : 0;
  count.bytes = static_cast<int64_t>(head.size);
  for (const auto& [id, clone] : head.snaps.clones) {
    count.bytes += static_cast<int64_t>(clone.size - clone.overlap.total());
  }
  return count;
}

ObjectState LoadObject(ObjectCollection& collection, const HObject& object) {
  ObjectState state;
  state.id = object;
  const absl::StatusOr<uint64_t> size = collection.Size(object);
  if (!size.ok()) return state;
  state.present = true;
  state.size = *size;
  if (const auto attr = collection.GetAttr(object, ObjectInfo::kAttr); attr.ok()) {
    if (auto info = ObjectInfo::Decode(*attr); info.ok()) state.info = *std::move(info);
  }
  if (object.snap != rados::kSnapHead) return state;
  if (const auto attr = collection.GetAttr(object, SnapSet::kAttr); attr.ok()) {
    if (auto snaps = SnapSet::Decode(*attr); snaps.ok()) state.snaps = *std::move(snaps);
  }
  return state;
}

bool RemovedSnaps::Contains(uint64_t snap) const {
  return IsIn(queue, snap) || IsIn(of_pool, snap);
}

bool RemovedSnaps::empty() const {
  return (queue == nullptr || queue->empty()) && (of_pool == nullptr || of_pool->empty());
}

std::optional<ObjectState> FindAtSnap(ObjectCollection& collection, const ObjectState& head,
                                      uint64_t snap, const RemovedSnaps& removed) {
  if (!head.present) return std::nullopt;
  if (snap == rados::kSnapDir) return head;
  if (snap == rados::kSnapHead) return head.exists() ? std::optional(head) : std::nullopt;
  if (removed.Contains(snap)) return std::nullopt;
  if (snap > head.snaps.seq) return head.exists() ? std::optional(head) : std::nullopt;
  const std::optional<uint64_t> clone = head.snaps.CloneOf(snap);
  if (!clone.has_value()) return std::nullopt;
  HObject id = head.id;
  id.snap = *clone;
  ObjectState state = LoadObject(collection, id);
  return state.present ? std::optional(std::move(state)) : std::nullopt;
}

}  // namespace siphon::osd
