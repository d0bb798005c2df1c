#include "services/rados/messages/osd_pg_create.h"

#include "absl/strings/str_cat.h"
#include "services/rados/container_codec.h"

namespace siphon::rados {
namespace {

// Of one group: its name with version and length, and its birth.
constexpr size_t kMinEncodedSize = 6 + PgId::kEncodedSize + 1 + 4 + 8;

}  // namespace

std::string MOsdPgCreate::Summary() const {
  return absl::StrCat("osd_pg_create(e", epoch, ", ", pgs.size(), " groups)");
}

void MOsdPgCreate::EncodePayload(Encoder& e, uint64_t features) {
  e.U32(epoch);
  EncodeEach(e, pgs, [&e](const auto& item) {
    item.first.Encode(e);
    e.U32(item.second.epoch);
    e.Time(item.second.when);
  });
  e.U32(0);  // what happened to them since
}

absl::Status MOsdPgCreate::DecodePayload(Decoder& d) {
  epoch = d.U32();
  DecodeEach(d, kMinEncodedSize, [&] {
    const ShardedPgId pg = ShardedPgId::Decode(d);
    Birth& birth = pgs[pg];
    birth.epoch = d.U32();
    birth.when = d.Time();
  });
  return d.status();
}

}  // namespace siphon::rados
