#include "services/osd/pg/op_executor.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::MOsdOp;
using rados::OsdOp;

// Writes that clients do not see as a new version of the object.
bool IsInvisible(uint16_t code) {
  return code == rados::kOpWatch || code == rados::kOpCopyFrom || code == rados::kOpCopyFrom2;
}

}  // namespace

OpExecutor::OpExecutor(const OpContext& context, const MOsdOp& request, ObjectState object)
    : context_(context),
      collection_(context.collection),
      limits_(*context.limits),
      before_(std::move(object)),
      object_(before_.id),
      existed_(before_.exists()),
      mtime_(request.mtime),
      exists_(existed_),
      size_(existed_ ? before_.size : 0),
      info_(before_.info),
      snaps_(before_.snaps) {}

int32_t OpExecutor::Run(std::vector<OsdOp>* ops) {
  int32_t result = 0;
  for (OsdOp& op : *ops) {
    result = RunOne(op);
    op.result = result;
    if (result >= 0) continue;
    if ((op.flags & rados::kOpFlagFailOk) == 0) break;
    result = 0;
  }
  return result;
}

int32_t OpExecutor::RunOne(OsdOp& op) {
  if (rados::IsWriteOp(op.code) && !IsInvisible(op.code)) user_changes_ = true;
  switch (op.code) {
    case rados::kOpRead:
      return Read(op);
    case rados::kOpMapExt:
      return MapExtents(op);
    case rados::kOpSparseRead:
      return SparseRead(op);
    case rados::kOpChecksum:
      return Checksum(op);
    case rados::kOpStat:
      return Stat(op);
    case rados::kOpCmpExt:
      return CompareExtent(op);
    case rados::kOpAssertVersion:
      return AssertVersion(op);
    case rados::kOpCreate:
      return Create(op);
    case rados::kOpWrite:
      return WriteExtent(op);
    case rados::kOpAppend:
      return Write(size_, op.extent().length, op.in);
    case rados::kOpWriteFull:
      return WriteFull(op);
    case rados::kOpWriteSame:
      return WriteSame(op);
    case rados::kOpTruncate:
      return Truncate(op);
    case rados::kOpZero:
      return Zero(op);
    case rados::kOpDelete:
      return Delete();
    case rados::kOpSetAllocHint:
      Ensure();
      // The stores have no use for the hint, but it makes a new version.
      transaction_.Touch(object_);
      return 0;
    case rados::kOpCopyGet:
      return CopyGet(op);
    case rados::kOpCopyFrom:
    case rados::kOpCopyFrom2:
      return CopyFrom(op);
    case rados::kOpCall:
      return Call(op);
    default:
      return RunAttr(op);
  }
}

int32_t OpExecutor::RunAttr(OsdOp& op) {
  switch (op.code) {
    case rados::kOpGetXattr:
      return GetXattr(op);
    case rados::kOpGetXattrs:
      return GetXattrs(op);
    case rados::kOpCmpXattr:
      return CompareXattr(op);
    case rados::kOpSetXattr:
      return SetXattr(op);
    case rados::kOpRmXattr:
      return RemoveXattr(op);
    case rados::kOpWatch:
      return Watch(op);
    case rados::kOpNotify:
      return Notify(op);
    case rados::kOpNotifyAck:
      return NotifyAck(op);
    case rados::kOpListWatchers:
      return ListWatchers(op);
    case rados::kOpListSnaps:
      return ListSnaps(op);
    case rados::kOpRollback:
      return Rollback(op);
    default:
      return RunOmap(op);
  }
}

// No object has its data elsewhere.
int32_t OpExecutor::RunTier(const OsdOp& op) const {
  switch (op.code) {
    case rados::kOpTierPromote:
    case rados::kOpTierFlush:
      return exists_ ? 0 : -ENOENT;  // what is asked for is so already
    case rados::kOpTierEvict:
      return -EINVAL;
    default:
      return -EOPNOTSUPP;
  }
}

Transaction OpExecutor::TakeTransaction(rados::EVersion* version, uint64_t* user_version) {
  Transaction out;
  if (!changes()) return out;
  MakeClone(version, &out);
  // Old clients see the group's version only, so that the object's does not fall behind it.
  if (user_changes_ && copied_user_version_ == 0) {
    *user_version = std::max(*user_version, version->version);
  }
  snaps_.MarkModified(modified_);
  if (context_.snaps.seq > snaps_.seq) snaps_.seq = context_.snaps.seq;
  out.Append(std::exchange(transaction_, Transaction()));
  if (!exists_ && !info_.whiteout) return out;
  info_.version = *version;
  if (user_changes_ || copied_user_version_ != 0) {
    info_.user_version = *user_version;
    // Clients may leave the time out.
    if (mtime_ > absl::UnixEpoch()) info_.mtime = mtime_;
  }
  KeyValues attrs;
  attrs[std::string(ObjectInfo::kAttr)] = info_.Encode();
  if (snaps_.seq != 0 || !snaps_.clones.empty()) {
    attrs[std::string(SnapSet::kAttr)] = snaps_.Encode();
  }
  out.SetAttrs(object_, std::move(attrs));
  return out;
}

StoredCount OpExecutor::count_after() const {
  ObjectState after;
  after.present = exists_ || info_.whiteout;
  after.size = size_;
  after.info.whiteout = info_.whiteout;
  after.snaps = snaps_;
  return CountOf(after);
}

void OpExecutor::Ensure() {
  if (exists_) return;
  transaction_.Touch(object_);
  info_.whiteout = false;
  exists_ = true;
  size_ = 0;
}

int32_t OpExecutor::AssertVersion(const OsdOp& op) {
  const uint64_t wanted = op.Get<OsdOp::AssertVersion>().version;
  if (wanted == 0) return -EINVAL;
  if (wanted < info_.user_version) return -ERANGE;
  if (wanted > info_.user_version) return -EOVERFLOW;
  return 0;
}

}  // namespace siphon::osd
