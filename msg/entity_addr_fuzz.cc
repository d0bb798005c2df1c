// Addresses from any bytes: what decodes must encode to something that decodes to the same, and its
// text must parse.
#include <glog/logging.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/features.h"

namespace siphon {
namespace {

void CheckAddr(const EntityAddr& addr) {
  BufferList out;
  Encoder e(&out);
  addr.Encode(e, kFeaturesSupported);
  addr.EncodeLegacy(e);
  Decoder d(out);
  CHECK(EntityAddr::Decode(d) == addr);
  const EntityAddr legacy = EntityAddr::Decode(d);
  CHECK(d.ok() && d.remaining() == 0) << d.status();
  CHECK(legacy.SameIp(addr) && legacy.port() == addr.port() && legacy.nonce() == addr.nonce());
  if (addr.type() > EntityAddr::kAny) return;  // such a type has no name in text
  const absl::StatusOr<EntityAddr> parsed = EntityAddr::Parse(addr.ToString(), addr.type());
  CHECK(parsed.ok()) << parsed.status();
  CHECK(parsed->SameIp(addr) && parsed->port() == addr.port()) << addr.ToString();
}

void CheckText(std::string_view text) {
  const absl::StatusOr<EntityAddrVec> vec = EntityAddrVec::Parse(text);
  if (!vec.ok()) return;
  const absl::StatusOr<EntityAddrVec> again = EntityAddrVec::Parse(vec->ToString());
  CHECK(again.ok()) << again.status();
  CHECK(*again == *vec || vec->front().is_blank()) << vec->ToString();
}

}  // namespace
}  // namespace siphon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siphon;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Decoder one(bytes);
  const EntityAddr addr = EntityAddr::Decode(one);
  if (one.ok()) CheckAddr(addr);
  Decoder several(bytes);
  const EntityAddrVec vec = EntityAddrVec::Decode(several);
  CHECK(several.ok() || vec.empty());
  for (const EntityAddr& each : vec.addrs()) CheckAddr(each);
  CheckText(bytes);
  return 0;
}
