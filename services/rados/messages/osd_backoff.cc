#include "services/rados/messages/osd_backoff.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdBackoff::Summary() const {
  return absl::StrCat("osd_backoff(", pg.ToString(), ", op ", op, ", id ", id, ")");
}

void MOsdBackoff::EncodePayload(Encoder& e, uint64_t features) {
  pg.Encode(e);
  e.U32(map_epoch);
  e.U8(op);
  e.U64(id);
  begin.Encode(e);
  end.Encode(e);
}

absl::Status MOsdBackoff::DecodePayload(Decoder& d) {
  pg = ShardedPgId::Decode(d);
  map_epoch = d.U32();
  op = d.U8();
  id = d.U64();
  begin = HObject::Decode(d);
  end = HObject::Decode(d);
  return d.status();
}

}  // namespace siphon::rados
