#include "services/osd/pg/snap_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {

using rados::SnapContext;

std::optional<uint64_t> SnapSet::CloneOf(uint64_t snap) const {
  const auto it = clones.lower_bound(snap);
  if (it == clones.end() || it->second.snaps.back() > snap) return std::nullopt;
  return it->first;
}

uint64_t SnapSet::AddClone(const SnapContext& context, uint64_t size) {
  Clone clone;
  for (const uint64_t snap : context.snaps) {
    if (snap > seq) clone.snaps.push_back(snap);
  }
  clone.size = size;
  clone.overlap.Insert(0, size);
  const uint64_t id = std::max(context.seq, context.snaps.front());
  clones[id] = std::move(clone);
  return id;
}

void SnapSet::MarkModified(const ByteRanges& modified) {
  if (!clones.empty()) clones.rbegin()->second.overlap.Erase(modified);
}

bool SnapSet::RemoveSnap(uint64_t clone, uint64_t snap) {
  const auto it = clones.find(clone);
  if (it == clones.end()) return false;
  std::erase(it->second.snaps, snap);
  if (!it->second.snaps.empty()) return false;
  // The next older clone now stands before the one after this.
  if (it != clones.begin()) std::prev(it)->second.overlap.Intersect(it->second.overlap);
  clones.erase(it);
  return true;
}

BufferList SnapSet::Encode() const {
  BufferList bytes;
  Encoder e(&bytes);
  {
    Encoder::Versioned v(e, 1, 1);
    e.U64(seq);
    e.U32(static_cast<uint32_t>(clones.size()));
    for (const auto& [id, clone] : clones) {
      e.U64(id);
      e.U32(static_cast<uint32_t>(clone.snaps.size()));
      for (const uint64_t snap : clone.snaps) e.U64(snap);
      e.U64(clone.size);
      clone.overlap.Encode(e);
    }
  }
  return bytes;
}

absl::StatusOr<SnapSet> SnapSet::Decode(const BufferList& bytes) {
  SnapSet set;
  Decoder d(bytes);
  {
    Decoder::Versioned v(d, 1, "SnapSet");
    set.seq = d.U64();
    const uint32_t n = d.Count(8 + 4 + 8 + 4);
    for (uint32_t i = 0; i < n && d.ok(); ++i) {
      Clone& clone = set.clones[d.U64()];
      const uint32_t snaps = d.Count(8);
      for (uint32_t k = 0; k < snaps; ++k) clone.snaps.push_back(d.U64());
      clone.size = d.U64();
      clone.overlap = ByteRanges::Decode(d);
      if (clone.snaps.empty()) d.Fail("a clone of no snapshot");
    }
  }
  if (!d.ok()) return d.status();
  return set;
}

}  // namespace siphon::osd
