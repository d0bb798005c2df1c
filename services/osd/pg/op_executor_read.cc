// Operations that read an object's bytes.
#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/encoder.h"
#include "services/osd/pg/op_executor.h"
#include "services/osd/pg/xxhash.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

// A comparison that fails at byte N gives -(kMaxErrno + N).
constexpr int32_t kMaxErrno = 4095;

// The checksum of `data` by `type`, continuing from `first`, as it goes into the answer.
void AppendChecksum(uint8_t type, uint64_t first, const BufferList& data, Encoder& e) {
  switch (type) {
    case rados::kChecksumXxhash32:
      return e.U32(Xxhash32(data.ToString(), static_cast<uint32_t>(first)));
    case rados::kChecksumXxhash64:
      return e.U64(Xxhash64(data.ToString(), first));
    default:
      return e.U32(data.Crc32c(static_cast<uint32_t>(first)));
  }
}

}  // namespace

OsdOp::Extent OpExecutor::ClampToObject(const OsdOp& op) const {
  OsdOp::Extent extent = op.extent();
  const uint64_t offset = extent.offset;
  uint64_t size = size_;
  // A truncation that the client knows of and that has not come yet.
  if (info_.truncate_seq < extent.truncate_seq && size > extent.truncate_size) {
    size = extent.truncate_size;
  }
  if (extent.length == 0) extent.length = size;  // "to the end"
  extent.length = offset >= size ? 0 : std::min<uint64_t>(extent.length, size - offset);
  return extent;
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

// Output: map<u64 offset, u64 length> of what is not a hole. Stores do not tell holes apart.
int32_t OpExecutor::MapExtents(OsdOp& op) {
  const OsdOp::Extent extent = ClampToObject(op);
  Encoder e(&op.out);
  e.U32(extent.length == 0 ? 0 : 1);
  if (extent.length == 0) return 0;
  e.U64(extent.offset);
  e.U64(extent.length);
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

// Output: u32 count, and one checksum a whole chunk of what there is; without a chunk size, one.
int32_t OpExecutor::Checksum(OsdOp& op) {
  const auto asked = op.Get<OsdOp::Checksum>();
  if (asked.type > rados::kChecksumCrc32c) return -EINVAL;
  Decoder d(op.in);
  const uint64_t first = asked.type == rados::kChecksumXxhash64 ? d.U64() : d.U32();
  if (!d.ok()) return -EINVAL;
  if (asked.chunk_size > 0 && (asked.length == 0 || asked.length % asked.chunk_size != 0)) {
    return -EINVAL;
  }
  OsdOp range;
  OsdOp::Extent extent;
  extent.offset = asked.offset;
  extent.length = asked.length;
  range.Set(extent);
  if (const int32_t r = Read(range); r < 0) return r;
  const BufferList& data = range.out;
  const uint64_t chunk = asked.chunk_size > 0 ? asked.chunk_size : data.size();
  const uint64_t count = chunk > 0 ? data.size() / chunk : 0;
  Encoder e(&op.out);
  e.U32(static_cast<uint32_t>(count));
  for (uint64_t i = 0; i < count; ++i) {
    AppendChecksum(asked.type, first, data.Substr(i * chunk, chunk), e);
  }
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

}  // namespace siphon::osd
