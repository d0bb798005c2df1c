#include "services/rados/messages/osd_pg_created.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdPgCreated::Summary() const {
  return absl::StrCat("osd_pg_created(", pg.ToString(), ")");
}

void MOsdPgCreated::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  pg.Encode(e);
}

absl::Status MOsdPgCreated::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  pg = PgId::Decode(d);
  return d.status();
}

}  // namespace siphon::rados
