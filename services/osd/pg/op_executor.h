// OpExecutor: turns the operations of one MOsdOp into a transaction and effects, and their output
// and results.
//
// Operations run in order until one fails (unless it may). Reads see the collection as it is, with
// the size that the operations so far will give it; nothing is changed here: the caller applies the
// transaction and performs the effects, or drops them when the request failed, so that a request
// takes effect whole or not at all.
//
// The first change under a newer snapshot makes a clone of the object first. An object that is
// deleted while it has clones stays as a whiteout.
//
// Results are 0, a positive number, or a negative errno as Ceph 16.2 gives it (protocol section 7).
// Threads: one at a time, under the placement group's lock.
#ifndef SIPHON_SERVICES_OSD_PG_OP_EXECUTOR_H_
#define SIPHON_SERVICES_OSD_PG_OP_EXECUTOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "services/osd/pg/byte_ranges.h"
#include "services/osd/pg/object_info.h"
#include "services/osd/pg/object_state.h"
#include "services/osd/pg/op_context.h"
#include "services/osd/pg/op_effects.h"
#include "services/osd/pg/op_limits.h"
#include "services/osd/pg/snap_set.h"
#include "services/osd/store/object_store.h"
#include "services/osd/store/transaction.h"
#include "services/rados/eversion.h"
#include "services/rados/hobject.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/osd_op.h"

namespace siphon::osd {

class OpExecutor {
 public:
  // `object` is the one that the request reads or writes, as it was found: a head or, for a request
  // that only reads, a clone. `context` outlives this.
  OpExecutor(const OpContext& context, const rados::MOsdOp& request, ObjectState object);

  // Runs `ops`, which are those of the request, and fills their output and results.
  int32_t Run(std::vector<rados::OsdOp>* ops);
  // What a copy-get gives of an object that is not there.
  static BufferList CopyOfNothing();

  // After a Run() that succeeded: what to apply; empty when nothing changes. `version` is the first
  // free one of the group, `user_version` the first that clients may see; they are left at those
  // that the object gets, if it is still there.
  Transaction TakeTransaction(rados::EVersion* version, uint64_t* user_version);
  bool changes() const { return info_changed_ || !transaction_.empty(); }
  // Changes that a client sees as a new version; a watch is none.
  bool user_changes() const { return user_changes_; }
  const OpEffects& effects() const { return effects_; }
  // An object that was copied has its source's; 0 for others.
  uint64_t copied_user_version() const { return copied_user_version_; }

  // Of the object as it was found; 0 when there was none.
  uint64_t user_version() const { return before_.info.user_version; }
  // The pool gets larger. As Ceph's OSD, this does not see the clone that the request may make.
  bool grows() const { return size_ > before_.size || (exists_ && !before_.present); }
  // What the object takes before, and after TakeTransaction().
  StoredCount count_before() const { return CountOf(before_); }
  StoredCount count_after() const;

 private:
  class ClassCall;  // op_executor_class.cc

  int32_t RunOne(rados::OsdOp& op);
  int32_t RunAttr(rados::OsdOp& op);
  // Bytes that are read (op_executor_read.cc).
  int32_t Read(rados::OsdOp& op);
  int32_t MapExtents(rados::OsdOp& op);
  int32_t SparseRead(rados::OsdOp& op);
  int32_t Checksum(rados::OsdOp& op);
  int32_t Stat(rados::OsdOp& op);
  int32_t CompareExtent(rados::OsdOp& op);
  // The extent's end within the object, as reads clamp it.
  rados::OsdOp::Extent ClampToObject(const rados::OsdOp& op) const;
  // Bytes that are written (op_executor_data.cc).
  int32_t Create(const rados::OsdOp& op);
  int32_t WriteExtent(const rados::OsdOp& op);
  int32_t Write(uint64_t offset, uint64_t length, const BufferList& data);
  int32_t WriteFull(const rados::OsdOp& op);
  int32_t WriteSame(const rados::OsdOp& op);
  int32_t Truncate(const rados::OsdOp& op);
  void TruncateTo(uint64_t size);
  int32_t Zero(const rados::OsdOp& op);
  int32_t Delete();
  int32_t CopyFrom(const rados::OsdOp& op);
  int32_t AssertVersion(const rados::OsdOp& op);
  // EFBIG unless [offset, offset + length) may lie in an object.
  int32_t CheckExtent(uint64_t offset, uint64_t length) const;
  // Attributes (op_executor_attr.cc).
  int32_t GetXattr(rados::OsdOp& op);
  int32_t GetXattrs(rados::OsdOp& op);
  int32_t SetXattr(const rados::OsdOp& op);
  int32_t RemoveXattr(const rados::OsdOp& op);
  int32_t CompareXattr(const rados::OsdOp& op);
  // Object map (op_executor_omap.cc).
  int32_t RunOmap(rados::OsdOp& op);
  int32_t RunTier(const rados::OsdOp& op) const;
  enum class Listed { kKeys, kPairs };
  // What clients are shown of the pairs after `after`: never the empty key. Ends after `max_pairs`,
  // or when there are `max_bytes` before the next one.
  int32_t ListOmap(const std::string& after, const std::string& prefix, uint64_t max_pairs,
                   uint64_t max_bytes, Listed what, ObjectCollection::OmapPage* out) const;
  int32_t OmapGetKeys(rados::OsdOp& op);
  int32_t OmapGetVals(rados::OsdOp& op);
  int32_t OmapGetHeader(rados::OsdOp& op);
  int32_t OmapGetValsByKeys(rados::OsdOp& op);
  int32_t OmapCompare(const rados::OsdOp& op);
  int32_t OmapSetVals(const rados::OsdOp& op);
  int32_t OmapClear();
  int32_t OmapRemoveKeys(const rados::OsdOp& op);
  int32_t OmapRemoveRange(const rados::OsdOp& op);
  // Copies for other OSDs (op_executor_copy.cc).
  struct Piece;
  int32_t CopyGet(rados::OsdOp& op);
  int32_t CopyAttrs(Piece* piece) const;
  int32_t CopyOmap(uint64_t max_bytes, Piece* piece) const;
  // Classes (op_executor_class.cc).
  int32_t Call(rados::OsdOp& op);
  // Watches (op_executor_watch.cc).
  int32_t Watch(const rados::OsdOp& op);
  int32_t Notify(rados::OsdOp& op);
  int32_t NotifyAck(const rados::OsdOp& op);
  int32_t ListWatchers(rados::OsdOp& op);
  // Snapshots (op_executor_snap.cc).
  int32_t ListSnaps(rados::OsdOp& op);
  int32_t Rollback(const rados::OsdOp& op);
  int32_t RollbackTo(const ObjectState& clone);
  // Adds the clone that this request makes, if it does, to `out`.
  void MakeClone(rados::EVersion* version, Transaction* out);

  // Makes the object if it is not there.
  void Ensure();
  // Removes what the head holds; it may stay as a whiteout.
  void RemoveHead();

  const OpContext& context_;
  ObjectCollection* const collection_;
  const OpLimits& limits_;
  const ObjectState before_;
  const rados::HObject& object_;  // before_.id
  const bool existed_;            // for clients
  const absl::Time mtime_;

  bool exists_;
  uint64_t size_;
  ObjectInfo info_;
  SnapSet snaps_;
  ByteRanges modified_;
  bool user_changes_ = false;
  bool info_changed_ = false;
  int unique_ids_ = 0;
  size_t copies_ = 0;  // that the operations so far have taken
  uint64_t copied_user_version_ = 0;
  Transaction transaction_;
  OpEffects effects_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OP_EXECUTOR_H_
