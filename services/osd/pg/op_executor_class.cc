// Calls of object classes' methods.
#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/encoder.h"
#include "services/osd/pg/op_executor.h"

namespace siphon::osd {

using rados::OsdOp;

// What a method does to the object becomes operations of the request.
class OpExecutor::ClassCall final : public MethodContext {
 public:
  explicit ClassCall(OpExecutor* executor) : executor_(*executor) {}

  bool has_read() const { return has_read_; }
  bool has_written() const { return has_written_; }

  EntityName client() const override { return executor_.context_.client; }
  EntityAddr client_addr() const override { return executor_.context_.client_addr; }
  absl::Time Now() const override { return executor_.context_.now; }

  std::string RandomToken(size_t length) override {
    static constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string token;
    while (token.size() < length) {
      token += kLetters[executor_.context_.random->Below(kLetters.size())];
    }
    return token;
  }
  std::string NextUniqueId() override {
    return absl::StrCat(executor_.context_.last_user_version, ".", ++executor_.unique_ids_);
  }

  int32_t Stat(uint64_t* size, absl::Time* mtime) override {
    OsdOp op = Make(rados::kOpStat);
    if (const int32_t r = executor_.RunOne(op); r < 0) return r;
    Decoder d(op.out);
    const uint64_t found = d.U64();
    if (size != nullptr) *size = found;
    if (mtime != nullptr) *mtime = d.Time();
    return 0;
  }
  int32_t Create(bool exclusive) override {
    OsdOp op = Make(rados::kOpCreate);
    if (exclusive) op.flags = rados::kOpFlagExclusive;
    return Run(op);
  }
  int32_t Remove() override {
    OsdOp op = Make(rados::kOpDelete);
    return Run(op);
  }

  int32_t Read(uint64_t offset, uint64_t length, BufferList* out) override {
    OsdOp op = MakeExtent(rados::kOpRead, offset, length);
    const int32_t r = Run(op);
    *out = std::move(op.out);
    return r;
  }
  int32_t Write(uint64_t offset, const BufferList& data) override {
    OsdOp op = MakeExtent(rados::kOpWrite, offset, data.size());
    op.in = data;
    return Run(op);
  }
  int32_t WriteFull(const BufferList& data) override {
    OsdOp op = MakeExtent(rados::kOpWriteFull, 0, data.size());
    op.in = data;
    return Run(op);
  }

  int32_t GetXattr(std::string_view name, BufferList* value) override {
    OsdOp op = MakeXattr(rados::kOpGetXattr, name, BufferList());
    const int32_t r = Run(op);
    *value = std::move(op.out);
    return r;
  }
  int32_t GetXattrs(KeyValues* attrs) override {
    OsdOp op = Make(rados::kOpGetXattrs);
    if (const int32_t r = Run(op); r < 0) return r;
    Decoder d(op.out);
    for (uint32_t n = d.Count(8); n > 0; --n) {
      std::string name = d.String();
      (*attrs)[std::move(name)] = d.Blob();
    }
    return 0;
  }
  int32_t SetXattr(std::string_view name, const BufferList& value) override {
    OsdOp op = MakeXattr(rados::kOpSetXattr, name, value);
    return Run(op);
  }
  int32_t RemoveXattr(std::string_view name) override {
    OsdOp op = MakeXattr(rados::kOpRmXattr, name, BufferList());
    return Run(op);
  }

  int32_t OmapGet(const std::string& key, BufferList* value) override {
    has_read_ = true;
    if (!executor_.existed_) return -ENOENT;
    auto found = executor_.collection_->OmapGet(executor_.object_, {key});
    if (!found.ok()) return -EIO;
    if (found->empty()) return -ENOENT;
    *value = std::move(found->begin()->second);
    return 0;
  }
  int32_t OmapList(std::string_view after, std::string_view prefix, size_t max, KeyValues* values,
                   bool* more) override {
    has_read_ = true;
    *more = false;
    ObjectCollection::OmapPage page;
    const int32_t r = executor_.ListOmap(std::string(after), std::string(prefix), max,
                                         executor_.limits_.max_omap_bytes, Listed::kPairs, &page);
    *values = std::move(page.values);
    *more = page.more;
    return r;
  }
  int32_t OmapSet(const KeyValues& values) override {
    has_written_ = true;
    executor_.user_changes_ = true;
    executor_.Ensure();
    executor_.transaction_.OmapSet(executor_.object_, values);
    return 0;
  }
  int32_t OmapRemoveRange(const std::string& first, const std::string& last) override {
    OsdOp op = Make(rados::kOpOmapRmKeyRange);
    Encoder e(&op.in);
    e.String(first);
    e.String(last);
    return Run(op);
  }
  int32_t OmapGetHeader(BufferList* header) override {
    OsdOp op = Make(rados::kOpOmapGetHeader);
    const int32_t r = Run(op);
    *header = std::move(op.out);
    return r;
  }
  int32_t OmapSetHeader(const BufferList& header) override {
    OsdOp op = Make(rados::kOpOmapSetHeader);
    op.in = header;
    return Run(op);
  }

 private:
  static OsdOp Make(uint16_t code) {
    OsdOp op;
    op.code = code;
    return op;
  }
  static OsdOp MakeExtent(uint16_t code, uint64_t offset, uint64_t length) {
    OsdOp op = Make(code);
    OsdOp::Extent extent;
    extent.offset = offset;
    extent.length = length;
    op.Set(extent);
    return op;
  }
  static OsdOp MakeXattr(uint16_t code, std::string_view name, const BufferList& value) {
    OsdOp op = Make(code);
    OsdOp::Xattr xattr;
    xattr.name_len = static_cast<uint32_t>(name.size());
    xattr.value_len = static_cast<uint32_t>(value.size());
    op.Set(xattr);
    op.in = BufferList::CopyOf(name);
    op.in.Append(value);
    return op;
  }
  int32_t Run(OsdOp& op) {
    (rados::IsWriteOp(op.code) ? has_written_ : has_read_) = true;
    return executor_.RunOne(op);
  }

  OpExecutor& executor_;
  bool has_read_ = false;
  bool has_written_ = false;
};

int32_t OpExecutor::Call(OsdOp& op) {
  const auto names = op.Get<OsdOp::Call>();
  const uint64_t input_at = uint64_t{names.class_len} + names.method_len;
  if (input_at + names.input_len > op.in.size()) return -EINVAL;
  const std::string class_name = op.in.Substr(0, names.class_len).ToString();
  const std::string method_name = op.in.Substr(names.class_len, names.method_len).ToString();
  const ObjectClass::Method* method = nullptr;
  if (const int32_t r = context_.classes->Find(class_name, method_name, &method); r < 0) return r;
  ClassCall call(this);
  const int32_t result = method->run(call, op.in.Substr(input_at, names.input_len), &op.out);
  // A method that does what it did not announce.
  if (call.has_read() && (method->flags & ObjectClass::kReads) == 0) return -EIO;
  if (call.has_written() && (method->flags & ObjectClass::kWrites) == 0) return -EIO;
  return result;
}

}  // namespace siphon::osd
