// PgId, ShardedPgId: the name of a placement group: a pool and a position in it; with the shard of
// an erasure-coded pool. Text is "POOL.PS" with PS in hex ("2.1f"), and "2.1fs3" with a shard.
#ifndef SIPHON_SERVICES_RADOS_PG_ID_H_
#define SIPHON_SERVICES_RADOS_PG_ID_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct PgId {
  // Bytes on the wire.
  static constexpr size_t kEncodedSize = 17;

  uint64_t pool = 0;
  uint32_t ps = 0;  // placement seed

  std::string ToString() const;
  // InvalidArgument: not POOL.PS.
  static absl::StatusOr<PgId> Parse(std::string_view text);

  void Encode(Encoder& e) const;
  static PgId Decode(Decoder& d);

  friend auto operator<=>(const PgId&, const PgId&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const PgId& pg) {
    return H::combine(std::move(h), pg.pool, pg.ps);
  }
};

struct ShardedPgId {
  static constexpr int8_t kNoShard = -1;

  PgId pg;
  int8_t shard = kNoShard;

  std::string ToString() const;

  void Encode(Encoder& e) const;
  static ShardedPgId Decode(Decoder& d);

  friend auto operator<=>(const ShardedPgId&, const ShardedPgId&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const ShardedPgId& p) {
    return H::combine(std::move(h), p.pg, p.shard);
  }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_PG_ID_H_
