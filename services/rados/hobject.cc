#include "services/rados/hobject.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string HObject::ToString() const {
  if (max) return "MAX";
  if (is_min()) return "MIN";
  return absl::StrCat(pool, ":", absl::Hex(reversed_hash(), absl::kZeroPad8), ":",
                      absl::CHexEscape(nspace), ":", absl::CHexEscape(key), ":",
                      absl::CHexEscape(oid), ":",
                      snap == kSnapHead ? std::string("head") : absl::StrCat(absl::Hex(snap)));
}

void HObject::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 4, 3);
  e.String(key);
  e.String(oid);
  e.U64(snap);
  e.U32(hash);
  e.Bool(max);
  e.String(nspace);
  e.I64(pool);
}

HObject HObject::Decode(Decoder& d) {
  HObject o;
  Decoder::Versioned v(d, 4, "hobject_t");
  if (d.ok() && v.version() < 4) d.Fail("hobject_t is older than version 4");
  o.key = d.String();
  o.oid = d.String();
  o.snap = d.U64();
  o.hash = d.U32();
  o.max = d.Bool();
  o.nspace = d.String();
  o.pool = d.I64();
  return o;
}

std::strong_ordering operator<=>(const HObject& a, const HObject& b) {
  if (const auto c = a.max <=> b.max; c != 0 || a.max) return c;
  if (const auto c = a.pool <=> b.pool; c != 0) return c;
  if (const auto c = a.reversed_hash() <=> b.reversed_hash(); c != 0) return c;
  if (const auto c = a.nspace <=> b.nspace; c != 0) return c;
  if (!a.key.empty() || !b.key.empty()) {
    if (const auto c = a.effective_key() <=> b.effective_key(); c != 0) return c;
  }
  if (const auto c = a.oid <=> b.oid; c != 0) return c;
  return a.snap <=> b.snap;
}

}  // namespace siphon::rados
