#include "services/osd/classes/refcount_class.h"

#include <cerrno>
#include <cstdint>
#include <set>
#include <string>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {
namespace {

constexpr char kAttr[] = "refcount";

struct References {
  std::set<std::string> tags;
  std::set<std::string> retired;  // given back once; doing so again changes nothing

  // Ceph's map<string, bool> of tags (always true), then the retired ones.
  BufferList Encode() const {
    BufferList bytes;
    Encoder e(&bytes);
    Encode(e);
    return bytes;
  }
  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 2, 1);
    e.U32(static_cast<uint32_t>(tags.size()));
    for (const std::string& tag : tags) {
      e.String(tag);
      e.Bool(true);
    }
    e.U32(static_cast<uint32_t>(retired.size()));
    for (const std::string& tag : retired) e.String(tag);
  }
};

bool Decode(const BufferList& bytes, References* refs) {
  Decoder d(bytes);
  Decoder::Versioned v(d, 2, "obj_refcount");
  for (uint32_t n = d.Count(5); n > 0; --n) {
    refs->tags.insert(d.String());
    d.Bool();
  }
  if (v.version() >= 2) {
    for (uint32_t n = d.Count(4); n > 0; --n) refs->retired.insert(d.String());
  }
  return d.ok();
}

// An object without references has one without a name, if `implicit`.
int32_t Load(MethodContext& object, bool implicit, References* refs) {
  BufferList bytes;
  const int32_t r = object.GetXattr(kAttr, &bytes);
  if (r == -ENODATA) {
    if (implicit) refs->tags.insert("");
    return 0;
  }
  if (r < 0) return r;
  return Decode(bytes, refs) ? 0 : -EIO;
}

struct TagAndImplicit {
  std::string tag;
  bool implicit = false;
};

bool Decode(const BufferList& in, TagAndImplicit* op) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_refcount_get_op");
  op->tag = d.String();
  op->implicit = d.Bool();
  return d.ok();
}

int32_t Get(MethodContext& object, const BufferList& in, BufferList* out) {
  TagAndImplicit op;
  if (!Decode(in, &op)) return -EINVAL;
  References refs;
  if (const int32_t r = Load(object, op.implicit, &refs); r < 0) return r;
  refs.tags.insert(op.tag);
  return object.SetXattr(kAttr, refs.Encode());
}

int32_t Put(MethodContext& object, const BufferList& in, BufferList* out) {
  TagAndImplicit op;
  if (!Decode(in, &op)) return -EINVAL;
  References refs;
  if (const int32_t r = Load(object, op.implicit, &refs); r < 0) return r;
  if (refs.tags.empty()) return -EINVAL;
  auto it = refs.tags.find(op.tag);
  if (it == refs.tags.end() && op.implicit) it = refs.tags.find("");
  if (it == refs.tags.end() || refs.retired.contains(op.tag)) return 0;
  refs.retired.insert(op.tag);
  refs.tags.erase(it);
  return refs.tags.empty() ? object.Remove() : object.SetXattr(kAttr, refs.Encode());
}

int32_t Set(MethodContext& object, const BufferList& in, BufferList* out) {
  References refs;
  Decoder d(in);
  {
    Decoder::Versioned v(d, 1, "cls_refcount_set_op");
    for (uint32_t n = d.Count(4); n > 0; --n) refs.tags.insert(d.String());
  }
  if (!d.ok()) return -EINVAL;
  return refs.tags.empty() ? object.Remove() : object.SetXattr(kAttr, refs.Encode());
}

int32_t Read(MethodContext& object, const BufferList& in, BufferList* out) {
  bool implicit = false;
  Decoder d(in);
  {
    Decoder::Versioned v(d, 1, "cls_refcount_read_op");
    implicit = d.Bool();
  }
  if (!d.ok()) return -EINVAL;
  References refs;
  if (const int32_t r = Load(object, implicit, &refs); r < 0) return r;
  Encoder e(out);
  Encoder::Versioned v(e, 1, 1);
  e.U32(static_cast<uint32_t>(refs.tags.size()));
  for (const std::string& tag : refs.tags) e.String(tag);
  return 0;
}

}  // namespace

ObjectClass RefcountClass() {
  constexpr uint8_t kBoth = ObjectClass::kReads | ObjectClass::kWrites;
  return {"refcount",
          {{"get", kBoth, Get},
           {"put", kBoth, Put},
           {"set", kBoth, Set},
           {"read", ObjectClass::kReads, Read}}};
}

}  // namespace siphon::osd
