#include "services/rados/pg_id.h"

#include <charconv>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon::rados {

std::string PgId::ToString() const { return absl::StrCat(pool, ".", absl::Hex(ps)); }

absl::StatusOr<PgId> PgId::Parse(std::string_view text) {
  PgId pg;
  const char* const end = text.data() + text.size();
  const auto pool = std::from_chars(text.data(), end, pg.pool, 10);
  if (pool.ec == std::errc() && pool.ptr != end && *pool.ptr == '.') {
    const auto ps = std::from_chars(pool.ptr + 1, end, pg.ps, 16);
    if (ps.ec == std::errc() && ps.ptr == end) return pg;
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", AbslView(text.substr(0, 64)),
                                                 "\" is not a placement group; give POOL.HEX"));
}

void PgId::Encode(Encoder& e) const {
  e.U8(1);
  e.U64(pool);
  e.U32(ps);
  e.I32(-1);  // preferred OSD, long gone
}

PgId PgId::Decode(Decoder& d) {
  PgId pg;
  const uint8_t version = d.U8();
  if (d.ok() && version != 1) d.Fail("pg_t is not of version 1");
  pg.pool = d.U64();
  pg.ps = d.U32();
  d.Skip(4);
  return pg;
}

std::string ShardedPgId::ToString() const {
  if (shard == kNoShard) return pg.ToString();
  return absl::StrCat(pg.ToString(), "s", static_cast<int>(shard));
}

void ShardedPgId::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 1, 1);
  pg.Encode(e);
  e.I8(shard);
}

ShardedPgId ShardedPgId::Decode(Decoder& d) {
  ShardedPgId p;
  Decoder::Versioned v(d, 1, "spg_t");
  p.pg = PgId::Decode(d);
  p.shard = d.I8();
  return p;
}

}  // namespace siphon::rados
