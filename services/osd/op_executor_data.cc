// Operations on an object's bytes.
#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/encoder.h"
#include "services/osd/op_executor.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

// A comparison that fails at byte N gives -(kMaxErrno + N).
constexpr int32_t kMaxErrno = 4095;

}  // namespace

OsdOp::Extent OpExecutor::ClampToObject(const OsdOp& op) const {
  OsdOp::Extent extent = op.extent();
  const uint64_t offset = extent.offset;
  if (extent.length == 0) extent.length = size_;  // "to the end"
  if (offset >= size_) {
    extent.length = 0;
  } else {
    extent.length = std::min<uint64_t>(extent.length, size_ - offset);
  }
  return extent;
}

int32_t OpExecutor::CheckExtent(uint64_t offset, uint64_t length) const {
  const uint64_t max = limits_.max_object_size;
  return offset >= max || length > max || offset + length > max ? -EFBIG : 0;
}

int32_t OpExecutor::Read(OsdOp& op) {
  OsdOp::Extent extent = ClampToObject(op);
  if (extent.length > 0 && existed_) {
    absl::StatusOr<BufferList> data = collection_->Read(object_, extent.offset, extent.length);
    if (!data.ok()) return -EIO;
    op.out = *std::move(data);
    extent.length = op.out.size();
  }
  op.Set(extent);
  return 0;
}

int32_t OpExecutor::SparseRead(OsdOp& op) {
  const OsdOp::Extent extent = ClampToObject(op);
  absl::StatusOr<BufferList> data = BufferList();
  if (extent.length > 0 && existed_) {
    data = collection_->Read(object_, extent.offset, extent.length);
    if (!data.ok()) return -EIO;
  }
  Encoder e(&op.out);
  e.U32(data->empty() ? 0 : 1);
  if (!data->empty()) {
    e.U64(extent.offset);
    e.U64(data->size());
  }
  e.Blob(*data);
  return 0;
}

int32_t OpExecutor::Stat(OsdOp& op) {
  if (!exists_) return -ENOENT;
  Encoder e(&op.out);
  e.U64(size_);
  e.Time(info_.mtime);
  return 0;
}

int32_t OpExecutor::CompareExtent(OsdOp& op) {
  const OsdOp::Extent extent = op.extent();
  if (extent.length != op.in.size()) return -EINVAL;
  if (const int32_t r = CheckExtent(extent.offset, extent.length); r < 0) return r;
  std::string theirs;
  if (existed_) {
    const auto data = collection_->Read(object_, extent.offset, extent.length);
    if (!data.ok()) return -EIO;
    theirs = data->ToString();
  }
  theirs.resize(extent.length);  // what lies past the end compares as zeros
  const std::string ours = op.in.ToString();
  const auto differ = std::mismatch(ours.begin(), ours.end(), theirs.begin());
  if (differ.first == ours.end()) return 0;
  return -kMaxErrno - static_cast<int32_t>(differ.first - ours.begin());
}

int32_t OpExecutor::Create(const OsdOp& op) {
  if (exists_ && (op.flags & rados::kOpFlagExclusive) != 0) return -EEXIST;
  Ensure();
  return 0;
}

int32_t OpExecutor::Write(uint64_t offset, uint64_t length, const BufferList& data) {
  if (length != data.size()) return -EINVAL;
  if (const int32_t r = CheckExtent(offset, length); r < 0) return r;
  if (length == 0 && offset <= size_) {
    Ensure();
    return 0;
  }
  exists_ = true;
  if (length == 0) {
    transaction_.Truncate(object_, offset);
  } else {
    transaction_.Write(object_, offset, data);
  }
  size_ = std::max(size_, offset + length);
  return 0;
}

int32_t OpExecutor::WriteFull(const OsdOp& op) {
  const uint64_t length = op.extent().length;
  if (length != op.in.size()) return -EINVAL;
  if (const int32_t r = CheckExtent(0, length); r < 0) return r;
  transaction_.WriteFull(object_, op.in);
  exists_ = true;
  size_ = length;
  return 0;
}

int32_t OpExecutor::WriteSame(const OsdOp& op) {
  const auto same = op.Get<OsdOp::WriteSame>();
  if (same.length == 0) return 0;
  if (same.data_length == 0 || same.data_length != op.in.size() ||
      same.length % same.data_length != 0) {
    return -EINVAL;
  }
  if (const int32_t r = CheckExtent(same.offset, same.length); r < 0) return r;
  // In one piece, however often it repeats: a byte repeated is not to become as many pieces.
  const std::string pattern = op.in.ToString();
  BufferList data;
  char* out = data.AppendHole(same.length);
  for (uint64_t at = 0; at < same.length; at += pattern.size()) {
    out = std::copy(pattern.begin(), pattern.end(), out);
  }
  return Write(same.offset, same.length, data);
}

int32_t OpExecutor::Truncate(const OsdOp& op) {
  if (!exists_) return 0;
  const uint64_t size = op.extent().offset;
  if (size > limits_.max_object_size) return -EFBIG;
  transaction_.Truncate(object_, size);
  size_ = size;
  return 0;
}

int32_t OpExecutor::Zero(const OsdOp& op) {
  const OsdOp::Extent extent = op.extent();
  if (const int32_t r = CheckExtent(extent.offset, extent.length); r < 0) return r;
  if (!exists_ || extent.length == 0 || extent.offset >= size_) return 0;
  if (extent.offset + extent.length >= size_) {
    transaction_.Truncate(object_, extent.offset);
    size_ = extent.offset;
  } else {
    transaction_.Zero(object_, extent.offset, extent.length);
  }
  return 0;
}

int32_t OpExecutor::Delete() {
  if (!exists_) return -ENOENT;
  transaction_.Remove(object_);
  exists_ = false;
  size_ = 0;
  return 0;
}

}  // namespace siphon::osd
