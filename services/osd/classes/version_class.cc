#include "services/osd/classes/version_class.h"

#include <cerrno>
#include <cstdint>
#include <string>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {
namespace {

constexpr char kAttr[] = "ceph.objclass.version";
constexpr size_t kTagLength = 24;

struct Version {
  uint64_t number = 0;
  std::string tag;  // of one history; numbers of two do not compare

  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 1, 1);
    e.U64(number);
    e.String(tag);
  }
  static Version Decode(Decoder& d) {
    Version version;
    Decoder::Versioned v(d, 1, "obj_version");
    version.number = d.U64();
    version.tag = d.String();
    return version;
  }
};

enum Condition : uint32_t {
  kNone = 0,
  kEqual = 1,
  kGreater = 2,
  kGreaterOrEqual = 3,
  kLess = 4,
  kLessOrEqual = 5,
  kTagEqual = 6,
  kTagDiffers = 7,
};

bool Holds(uint32_t condition, const Version& ours, const Version& asked) {
  switch (condition) {
    case kEqual:
      return ours.number == asked.number && ours.tag == asked.tag;
    case kGreater:
      return ours.number > asked.number;
    case kGreaterOrEqual:
      return ours.number >= asked.number;
    case kLess:
      return ours.number < asked.number;
    case kLessOrEqual:
      return ours.number <= asked.number;
    case kTagEqual:
      return ours.tag == asked.tag;
    case kTagDiffers:
      return ours.tag != asked.tag;
    default:
      return true;
  }
}

int32_t Store(MethodContext& object, const Version& version) {
  BufferList bytes;
  Encoder e(&bytes);
  version.Encode(e);
  return object.SetXattr(kAttr, bytes);
}

// Number 0 without a version.
int32_t Load(MethodContext& object, Version* version) {
  BufferList bytes;
  const int32_t r = object.GetXattr(kAttr, &bytes);
  if (r == -ENOENT || r == -ENODATA) return 0;
  if (r < 0) return r;
  Decoder d(bytes);
  *version = Version::Decode(d);
  return d.ok() ? 0 : -EIO;
}

// Input of inc and check: a version that is not used, and conditions that all must hold.
// ECANCELED: one does not.
int32_t CheckConditions(const BufferList& in, const Version& ours) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_version_inc_op");
  Version::Decode(d);
  bool all = true;
  for (uint32_t n = d.Count(6); n > 0 && d.ok(); --n) {
    Decoder::Versioned each(d, 1, "obj_version_cond");
    const Version asked = Version::Decode(d);
    const uint32_t condition = d.U32();
    all = all && Holds(condition, ours, asked);
  }
  if (!d.ok()) return -EINVAL;
  return all ? 0 : -ECANCELED;
}

int32_t Set(MethodContext& object, const BufferList& in, BufferList* out) {
  Version version;
  Decoder d(in);
  {
    Decoder::Versioned v(d, 1, "cls_version_set_op");
    version = Version::Decode(d);
  }
  return d.ok() ? Store(object, version) : -EINVAL;
}

int32_t Increment(MethodContext& object, const BufferList& in, BufferList* out) {
  Version version;
  if (const int32_t r = Load(object, &version); r < 0) return r;
  if (version.number == 0 && version.tag.empty()) {
    version = {1, object.RandomToken(kTagLength)};
  }
  if (const int32_t r = CheckConditions(in, version); r < 0) return r;
  ++version.number;
  return Store(object, version);
}

int32_t Check(MethodContext& object, const BufferList& in, BufferList* out) {
  Version version;
  if (const int32_t r = Load(object, &version); r < 0) return r;
  return CheckConditions(in, version);
}

int32_t Read(MethodContext& object, const BufferList& in, BufferList* out) {
  Version version;
  if (const int32_t r = Load(object, &version); r < 0) return r;
  Encoder e(out);
  Encoder::Versioned v(e, 1, 1);
  version.Encode(e);
  return 0;
}

}  // namespace

ObjectClass VersionClass() {
  constexpr uint8_t kReads = ObjectClass::kReads;
  constexpr uint8_t kBoth = ObjectClass::kReads | ObjectClass::kWrites;
  return {"version",
          {{"set", kBoth, Set},
           {"inc", kBoth, Increment},
           {"inc_conds", kBoth, Increment},
           {"read", kReads, Read},
           {"check_conds", kReads, Check}}};
}

}  // namespace siphon::osd
