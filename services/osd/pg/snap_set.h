// SnapSet: the snapshots that an object's clones hold, kept with its head (Ceph's SnapSet).
//
// A clone is a copy of the object as it was; it stands for every snapshot of its list: those taken
// between the write before it and the write that made it. The head outlives its deletion as a
// whiteout while there are clones, to keep this.
//
// Threads: one at a time. A value type.
#ifndef SIPHON_SERVICES_OSD_PG_SNAP_SET_H_
#define SIPHON_SERVICES_OSD_PG_SNAP_SET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "services/osd/pg/byte_ranges.h"
#include "services/rados/snap_context.h"

namespace siphon::osd {

struct SnapSet {
  // Where the head keeps it. A client's attribute NAME is kept as "_NAME", so never here.
  static constexpr std::string_view kAttr = "snapset";

  struct Clone {
    std::vector<uint64_t> snaps;  // newest first, never empty
    uint64_t size = 0;            // bytes
    ByteRanges overlap;           // what the next newer clone, or the head, has the same
  };

  uint64_t seq = 0;                  // newest snapshot that a write has heard of
  std::map<uint64_t, Clone> clones;  // by id: the newest snapshot at the time

  // The clone that `snap` reads, if it does not read the head (snap > seq). Nothing: the object did
  // not exist then.
  std::optional<uint64_t> CloneOf(uint64_t snap) const;
  // True if a write under `context` must first make a clone of what there is.
  bool NeedsClone(const rados::SnapContext& context) const {
    return !context.snaps.empty() && context.snaps.front() > seq;
  }
  // Adds the clone that such a write makes of `size` bytes; returns its id.
  uint64_t AddClone(const rados::SnapContext& context, uint64_t size);
  // The head is about to change in `modified`.
  void MarkModified(const ByteRanges& modified);
  // Forgets `snap`. Returns true if `clone` holds nothing any more, and was dropped.
  bool RemoveSnap(uint64_t clone, uint64_t snap);

  // A format of our own: versioned as Ceph's are.
  BufferList Encode() const;
  static absl::StatusOr<SnapSet> Decode(const BufferList& bytes);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_SNAP_SET_H_
