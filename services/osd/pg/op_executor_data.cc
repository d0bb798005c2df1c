// Operations that change an object's bytes.
#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "services/osd/pg/object_copier.h"
#include "services/osd/pg/op_executor.h"
#include "services/rados/object_locator.h"

namespace siphon::osd {

using rados::OsdOp;

int32_t OpExecutor::CheckExtent(uint64_t offset, uint64_t length) const {
  const uint64_t max = limits_.max_object_size;
  return offset >= max || length > max || offset + length > max ? -EFBIG : 0;
}

int32_t OpExecutor::Create(const OsdOp& op) {
  if (exists_ && (op.flags & rados::kOpFlagExclusive) != 0) return -EEXIST;
  Ensure();
  if (existed_) transaction_.Touch(object_);  // a new version
  return 0;
}

// A write may carry the number of the last truncation that its client knows of (CephFS): it comes
// late, or brings a truncation that has not come yet.
int32_t OpExecutor::WriteExtent(const OsdOp& op) {
  const OsdOp::Extent extent = op.extent();
  if (extent.length != op.in.size()) return -EINVAL;
  BufferList data = op.in;
  if (extent.truncate_seq > info_.truncate_seq) {
    if (exists_ && extent.truncate_size < size_) TruncateTo(extent.truncate_size);
    info_.truncate_seq = extent.truncate_seq;
    info_.truncate_size = extent.truncate_size;
  } else if (extent.truncate_seq != 0 && extent.truncate_seq < info_.truncate_seq &&
             extent.offset + extent.length > size_) {
    data = data.Substr(0, extent.offset >= size_ ? 0 : size_ - extent.offset);
  }
  if (data.empty() && extent.length > 0) return 0;
  return Write(extent.offset, data.size(), data);
}

int32_t OpExecutor::Write(uint64_t offset, uint64_t length, const BufferList& data) {
  if (length != data.size()) return -EINVAL;
  if (const int32_t r = CheckExtent(offset, length); r < 0) return r;
  Ensure();
  if (length == 0 && offset <= size_) {
    transaction_.Touch(object_);  // nothing to write, yet a new version with a new time
    return 0;
  }
  modified_.Insert(offset, length);
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
  Ensure();
  modified_.Insert(0, std::max(size_, length));
  transaction_.WriteFull(object_, op.in);
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
  const OsdOp::Extent extent = op.extent();
  if (const int32_t r = CheckExtent(extent.offset, 0); r < 0) return r;
  if (extent.truncate_seq != 0) {
    if (extent.truncate_seq <= info_.truncate_seq) return 0;  // an old one
    info_.truncate_seq = extent.truncate_seq;
    info_.truncate_size = extent.truncate_size;
  }
  TruncateTo(extent.offset);
  return 0;
}

void OpExecutor::TruncateTo(uint64_t size) {
  transaction_.Truncate(object_, size);
  if (size < size_) modified_.Insert(size, size_ - size);
  size_ = size;
}

int32_t OpExecutor::Zero(const OsdOp& op) {
  const OsdOp::Extent extent = op.extent();
  if (const int32_t r = CheckExtent(extent.offset, extent.length); r < 0) return r;
  if (!exists_ || extent.length == 0 || extent.offset >= size_) return 0;
  if (extent.offset + extent.length >= size_) {
    TruncateTo(extent.offset);
  } else {
    modified_.Insert(extent.offset, extent.length);
    transaction_.Zero(object_, extent.offset, extent.length);
  }
  return 0;
}

// Input: string name, locator; then, of copy-from2, u32 truncate_seq and u64 truncate_size.
int32_t OpExecutor::CopyFrom(const OsdOp& op) {
  if (context_.copied == nullptr || copies_ >= context_.copied->size()) return -EOPNOTSUPP;
  const CopiedObject& copy = (*context_.copied)[copies_++];
  if (copy.result < 0) return copy.result;
  if (copy.data.size() > limits_.max_object_size) return -EFBIG;
  constexpr uint8_t kHasTruncation = 0x20;
  const auto asked = op.Get<OsdOp::CopyFrom>();
  if (op.code == rados::kOpCopyFrom2 && (asked.flags & kHasTruncation) != 0) {
    Decoder d(op.in);
    d.String();
    rados::ObjectLocator::Decode(d);
    info_.truncate_seq = d.U32();
    info_.truncate_size = d.U64();
    if (!d.ok()) return -EINVAL;
  }
  modified_.Insert(0, std::max<uint64_t>(size_, copy.data.size()));
  transaction_.Remove(object_);
  transaction_.WriteFull(object_, copy.data);
  KeyValues attrs;
  for (const auto& [name, value] : copy.attrs) attrs["_" + name] = value;
  transaction_.SetAttrs(object_, std::move(attrs));
  transaction_.OmapSet(object_, copy.omap);
  transaction_.OmapSetHeader(object_, copy.omap_header);
  info_.whiteout = false;
  exists_ = true;
  size_ = copy.data.size();
  copied_user_version_ = copy.user_version;
  return 0;
}

int32_t OpExecutor::Delete() {
  if (!exists_) return -ENOENT;
  RemoveHead();
  return 0;
}

void OpExecutor::RemoveHead() {
  transaction_.Remove(object_);
  modified_.Insert(0, size_);
  exists_ = false;
  size_ = 0;
  user_changes_ = true;
  for (const auto& [key, watch] : info_.watches) {
    effects_.disconnects.push_back({key, /*tell=*/true});
  }
  info_.watches.clear();
  // Clones need a head to be found by: those there are, and the one that this request may make.
  info_.whiteout = !snaps_.clones.empty() || (existed_ && snaps_.NeedsClone(context_.snaps));
  if (info_.whiteout) transaction_.Touch(object_);
}

}  // namespace siphon::osd
