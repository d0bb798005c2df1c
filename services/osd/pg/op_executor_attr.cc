// Operations on an object's attributes. A client's attribute NAME is kept as "_NAME".
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/encoder.h"
#include "services/osd/pg/compare.h"
#include "services/osd/pg/op_executor.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

constexpr uint8_t kCompareStrings = 1;
constexpr uint8_t kCompareNumbers = 2;

struct NameAndValue {
  std::string stored_name;
  BufferList value;
};

// Splits an operation's input. False: it is shorter than its lengths say.
bool Split(const OsdOp& op, NameAndValue* out) {
  const OsdOp::Xattr xattr = op.xattr();
  const uint64_t name_len = xattr.name_len;
  if (name_len + xattr.value_len > op.in.size()) return false;
  out->stored_name = "_" + op.in.Substr(0, name_len).ToString();
  out->value = op.in.Substr(name_len, xattr.value_len);
  return true;
}

}  // namespace

int32_t OpExecutor::GetXattr(OsdOp& op) {
  NameAndValue asked;
  OsdOp::Xattr xattr = op.xattr();
  xattr.value_len = 0;  // what comes in is the name alone
  OsdOp name_only = op;
  name_only.Set(xattr);
  if (!Split(name_only, &asked)) return -EINVAL;
  if (!exists_) return -ENOENT;
  if (!existed_) return -ENODATA;
  absl::StatusOr<BufferList> value = collection_->GetAttr(object_, asked.stored_name);
  if (absl::IsNotFound(value.status())) return -ENODATA;
  if (!value.ok()) return -EIO;
  op.out = *std::move(value);
  xattr.value_len = static_cast<uint32_t>(op.out.size());
  op.Set(xattr);
  return 0;
}

int32_t OpExecutor::GetXattrs(OsdOp& op) {
  KeyValues attrs;
  if (existed_) {
    auto found = collection_->GetAttrs(object_);
    if (!found.ok()) return -EIO;
    attrs = *std::move(found);
  }
  std::erase_if(attrs, [](const auto& attr) {
    return attr.first == ObjectInfo::kAttr || !attr.first.starts_with('_');
  });
  Encoder e(&op.out);
  e.U32(static_cast<uint32_t>(attrs.size()));
  for (const auto& [name, value] : attrs) {
    e.String(std::string_view(name).substr(1));
    e.Blob(value);
  }
  return 0;
}

int32_t OpExecutor::SetXattr(const OsdOp& op) {
  if (limits_.max_attr_size > 0 && op.xattr().value_len > limits_.max_attr_size) return -EFBIG;
  if (op.xattr().name_len > limits_.max_attr_name) return -ENAMETOOLONG;
  NameAndValue given;
  if (!Split(op, &given)) return -EINVAL;
  Ensure();
  transaction_.SetAttrs(object_, {{std::move(given.stored_name), std::move(given.value)}});
  return 0;
}

int32_t OpExecutor::RemoveXattr(const OsdOp& op) {
  if (!exists_) return -ENOENT;
  NameAndValue given;
  if (!Split(op, &given)) return -EINVAL;
  transaction_.RemoveAttr(object_, std::move(given.stored_name));
  return 0;
}

int32_t OpExecutor::CompareXattr(const OsdOp& op) {
  NameAndValue given;
  if (!Split(op, &given)) return -EINVAL;
  std::string theirs;  // an absent one equals the empty value
  if (existed_) {
    const auto value = collection_->GetAttr(object_, given.stored_name);
    if (value.ok()) theirs = value->ToString();
  }
  int32_t holds = -EINVAL;
  const OsdOp::Xattr xattr = op.xattr();
  if (xattr.cmp_mode == kCompareStrings) {
    holds = Compare(xattr.cmp_op, given.value.ToString(), theirs);
  } else if (xattr.cmp_mode == kCompareNumbers) {
    Decoder d(given.value);
    const uint64_t ours = d.U64();
    if (!d.ok()) return -EINVAL;
    // Stored as text.
    holds = Compare<uint64_t>(xattr.cmp_op, ours, std::strtoull(theirs.c_str(), nullptr, 10));
  }
  return holds == 0 ? -ECANCELED : holds;
}

}  // namespace siphon::osd
