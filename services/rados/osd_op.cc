#include "services/rados/osd_op.h"

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon::rados {

std::string OsdOp::Summary() const {
  const absl::string_view name = AbslView(OsdOpName(code));
  switch (code) {
    case kOpRead:
    case kOpSparseRead:
    case kOpWrite:
    case kOpWriteFull:
    case kOpAppend:
    case kOpZero:
    case kOpTruncate: {
      const Extent e = extent();
      return absl::StrCat(name, " ", uint64_t{e.offset}, "~", uint64_t{e.length});
    }
    default:
      return name == "op" ? absl::StrCat("op 0x", absl::Hex(code)) : std::string(name);
  }
}

void OsdOp::Encode(Encoder& e, size_t payload) const {
  e.U16(code);
  e.U32(flags);
  e.Raw(std::string_view(reinterpret_cast<const char*>(params.data()), params.size()));
  e.U32(static_cast<uint32_t>(payload));
}

OsdOp OsdOp::Decode(Decoder& d) {
  OsdOp op;
  op.code = d.U16();
  op.flags = d.U32();
  const std::string_view raw = d.Raw(kParamsSize);
  if (raw.size() == kParamsSize) std::memcpy(op.params.data(), raw.data(), kParamsSize);
  op.payload_len = d.U32();
  return op;
}

}  // namespace siphon::rados
