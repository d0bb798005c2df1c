#include "services/osd/op_executor.h"

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {

using rados::MOsdOp;
using rados::OsdOp;

OpExecutor::OpExecutor(ObjectCollection* collection, const OpLimits& limits, const MOsdOp& request)
    : collection_(collection), limits_(limits), object_(request.hobject()), mtime_(request.mtime) {
  const absl::StatusOr<uint64_t> size = collection_->Size(object_);
  if (!size.ok()) return;
  existed_ = exists_ = true;
  size_ = *size;
  if (const auto attr = collection_->GetAttr(object_, ObjectInfo::kAttr); attr.ok()) {
    if (auto info = ObjectInfo::Decode(*attr); info.ok()) info_ = *std::move(info);
  }
}

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
  switch (op.code) {
    case rados::kOpRead:
      return Read(op);
    case rados::kOpSparseRead:
      return SparseRead(op);
    case rados::kOpStat:
      return Stat(op);
    case rados::kOpCmpExt:
      return CompareExtent(op);
    case rados::kOpAssertVersion:
      return AssertVersion(op);
    case rados::kOpCreate:
      return Create(op);
    case rados::kOpWrite:
      return Write(op.extent().offset, op.extent().length, op.in);
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
      return 0;  // memory has no use for the hint
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
    default:
      return RunOmap(op);
  }
}

Transaction OpExecutor::TakeTransaction(const rados::EVersion& version, uint64_t user_version) {
  if (!transaction_.empty() && exists_) {
    info_.version = version;
    info_.user_version = user_version;
    // Clients may leave the time out.
    if (mtime_ > absl::UnixEpoch()) info_.mtime = mtime_;
    transaction_.SetAttrs(object_, {{std::string(ObjectInfo::kAttr), info_.Encode()}});
  }
  return std::exchange(transaction_, Transaction());
}

void OpExecutor::Ensure() {
  if (exists_) return;
  transaction_.Touch(object_);
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
