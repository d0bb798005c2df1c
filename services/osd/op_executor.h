// OpExecutor: turns the operations of one MOsdOp into a transaction, and their output and results.
//
// Operations run in order until one fails (unless it may). Reads see the collection as it is, with
// the size that the operations so far will give it; nothing is changed here: the caller applies the
// transaction, or drops it when the request failed, so that a request takes effect whole or not at
// all.
//
// Results are 0, a positive number, or a negative errno as Ceph 16.2 gives it (protocol section 7).
// Threads: one at a time, under the placement group's lock.
#ifndef SIPHON_SERVICES_OSD_OP_EXECUTOR_H_
#define SIPHON_SERVICES_OSD_OP_EXECUTOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "services/osd/object_info.h"
#include "services/osd/object_store.h"
#include "services/osd/op_limits.h"
#include "services/osd/transaction.h"
#include "services/rados/eversion.h"
#include "services/rados/hobject.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/osd_op.h"

namespace siphon::osd {

class OpExecutor {
 public:
  // `collection` and `limits` outlive this.
  OpExecutor(ObjectCollection* collection, const OpLimits& limits, const rados::MOsdOp& request);

  // The object as it was found.
  bool existed() const { return existed_; }
  // Runs `ops`, which are those of the request, and fills their output and results.
  int32_t Run(std::vector<rados::OsdOp>* ops);

  // After a Run() that succeeded: what to apply; empty when nothing changes. The object, if it is
  // still there, gets `version`.
  Transaction TakeTransaction(const rados::EVersion& version, uint64_t user_version);
  bool changes() const { return !transaction_.empty(); }
  // Of the object as it was found; 0 when there was none.
  uint64_t user_version() const { return info_.user_version; }

 private:
  int32_t RunOne(rados::OsdOp& op);
  // Bytes (op_executor_data.cc).
  int32_t Read(rados::OsdOp& op);
  int32_t SparseRead(rados::OsdOp& op);
  int32_t Stat(rados::OsdOp& op);
  int32_t CompareExtent(rados::OsdOp& op);
  int32_t Create(const rados::OsdOp& op);
  int32_t Write(uint64_t offset, uint64_t length, const BufferList& data);
  int32_t WriteFull(const rados::OsdOp& op);
  int32_t WriteSame(const rados::OsdOp& op);
  int32_t Truncate(const rados::OsdOp& op);
  int32_t Zero(const rados::OsdOp& op);
  int32_t Delete();
  int32_t AssertVersion(const rados::OsdOp& op);
  // The extent's end within the object, as reads clamp it.
  rados::OsdOp::Extent ClampToObject(const rados::OsdOp& op) const;
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
  int32_t OmapGetKeys(rados::OsdOp& op);
  int32_t OmapGetVals(rados::OsdOp& op);
  int32_t OmapGetHeader(rados::OsdOp& op);
  int32_t OmapGetValsByKeys(rados::OsdOp& op);
  int32_t OmapCompare(const rados::OsdOp& op);
  int32_t OmapSetVals(const rados::OsdOp& op);
  int32_t OmapRemoveKeys(const rados::OsdOp& op);
  int32_t OmapRemoveRange(const rados::OsdOp& op);

  // Makes the object if it is not there.
  void Ensure();

  ObjectCollection* const collection_;
  const OpLimits& limits_;
  const rados::HObject object_;
  const absl::Time mtime_;
  bool existed_ = false;
  bool exists_ = false;
  uint64_t size_ = 0;
  ObjectInfo info_;
  Transaction transaction_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OP_EXECUTOR_H_
