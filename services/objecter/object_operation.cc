#include "services/objecter/object_operation.h"

#include <algorithm>
#include <utility>

#include "base/encoder.h"

namespace siphon::client {

using rados::OsdOp;
using rados::OsdOpCode;

OsdOp& ObjectOperation::Add(OsdOpCode code) {
  OsdOp& op = ops_.emplace_back();
  op.code = code;
  return op;
}

OsdOp& ObjectOperation::AddExtent(OsdOpCode code, uint64_t offset, uint64_t length) {
  OsdOp& op = Add(code);
  OsdOp::Extent extent;
  extent.offset = offset;
  extent.length = length;
  op.Set(extent);
  return op;
}

OsdOp& ObjectOperation::AddXattr(OsdOpCode code, std::string_view name, const BufferList& value) {
  OsdOp& op = Add(code);
  OsdOp::Xattr xattr;
  xattr.name_len = static_cast<uint32_t>(name.size());
  xattr.value_len = static_cast<uint32_t>(value.size());
  op.Set(xattr);
  op.in.Append(name);
  op.in.Append(value);
  return op;
}

ObjectOperation& ObjectOperation::Read(uint64_t offset, uint64_t length) {
  AddExtent(rados::kOpRead, offset, length);
  return *this;
}

ObjectOperation& ObjectOperation::Stat() {
  Add(rados::kOpStat);
  return *this;
}

ObjectOperation& ObjectOperation::GetXattr(std::string_view name) {
  AddXattr(rados::kOpGetXattr, name, BufferList());
  return *this;
}

ObjectOperation& ObjectOperation::GetXattrs() {
  Add(rados::kOpGetXattrs);
  return *this;
}

ObjectOperation& ObjectOperation::ListPg(const rados::HObject& cursor, uint64_t max_entries,
                                         uint32_t map_epoch) {
  OsdOp& op = Add(rados::kOpPgNls);
  OsdOp::PgList list;
  list.count = max_entries;
  list.start_epoch = map_epoch;
  op.Set(list);
  Encoder e(&op.in);
  cursor.Encode(e);
  return *this;
}

ObjectOperation& ObjectOperation::Create(bool exclusive) {
  Add(rados::kOpCreate).flags = exclusive ? rados::kOpFlagExclusive : 0;
  return *this;
}

ObjectOperation& ObjectOperation::Write(uint64_t offset, BufferList data) {
  AddExtent(rados::kOpWrite, offset, data.size()).in = std::move(data);
  return *this;
}

ObjectOperation& ObjectOperation::WriteFull(BufferList data) {
  AddExtent(rados::kOpWriteFull, 0, data.size()).in = std::move(data);
  return *this;
}

ObjectOperation& ObjectOperation::Append(BufferList data) {
  AddExtent(rados::kOpAppend, 0, data.size()).in = std::move(data);
  return *this;
}

ObjectOperation& ObjectOperation::Truncate(uint64_t size) {
  AddExtent(rados::kOpTruncate, size, 0);
  return *this;
}

ObjectOperation& ObjectOperation::Zero(uint64_t offset, uint64_t length) {
  AddExtent(rados::kOpZero, offset, length);
  return *this;
}

ObjectOperation& ObjectOperation::Delete() {
  Add(rados::kOpDelete);
  return *this;
}

ObjectOperation& ObjectOperation::SetXattr(std::string_view name, const BufferList& value) {
  AddXattr(rados::kOpSetXattr, name, value);
  return *this;
}

ObjectOperation& ObjectOperation::RemoveXattr(std::string_view name) {
  AddXattr(rados::kOpRmXattr, name, BufferList());
  return *this;
}

ObjectOperation& ObjectOperation::SetAllocHint(uint64_t object_size, uint64_t write_size) {
  OsdOp& op = Add(rados::kOpSetAllocHint);
  OsdOp::AllocHint hint;
  hint.expected_object_size = object_size;
  hint.expected_write_size = write_size;
  op.Set(hint);
  op.flags = rados::kOpFlagFailOk;
  return *this;
}

ObjectOperation& ObjectOperation::AddStep(OsdOp op) {
  ops_.push_back(std::move(op));
  return *this;
}

bool ObjectOperation::reads() const {
  return std::any_of(ops_.begin(), ops_.end(),
                     [](const OsdOp& op) { return rados::IsReadOp(op.code); });
}

bool ObjectOperation::writes() const {
  return std::any_of(ops_.begin(), ops_.end(),
                     [](const OsdOp& op) { return rados::IsWriteOp(op.code); });
}

uint32_t ObjectOperation::request_flags() const {
  uint32_t flags = rados::kRequestOnDisk | rados::kRequestKnownRedirected;
  if (reads()) flags |= rados::kRequestRead;
  if (writes()) flags |= rados::kRequestWrite;
  for (const OsdOp& op : ops_) {
    if (rados::IsPgOp(op.code)) flags |= rados::kRequestIgnoreOverlay;
  }
  return flags;
}

size_t ObjectOperation::input_bytes() const {
  size_t bytes = 0;
  for (const OsdOp& op : ops_) bytes += op.in.size();
  return bytes;
}

}  // namespace siphon::client
