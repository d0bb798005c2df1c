// PgStat: what the OSD that leads a placement group reports of it (Ceph's pg_stat_t).
//
// Source: MPGStats of Ceph 16.2.15, observed; encoding version 26. Encode() of what Decode() read
// from Ceph gives the same bytes back, except for what only real recovery fills.
#ifndef SIPHON_SERVICES_RADOS_PG_STAT_H_
#define SIPHON_SERVICES_RADOS_PG_STAT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/eversion.h"
#include "services/rados/interval_set.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/pg_id.h"

namespace siphon::rados {

struct PgStat {
  // Bytes of the smallest one on the wire.
  static constexpr size_t kMinEncodedSize = 500;

  enum State : uint64_t {
    kCreating = 1 << 0,
    kActive = 1 << 1,
    kClean = 1 << 2,
    kDown = 1 << 4,
    kDegraded = 1 << 10,
    kPeering = 1 << 12,
    kStale = 1 << 16,
    kRemapped = 1 << 17,
    kUndersized = 1 << 24,
    kSnapTrim = 1 << 28,
  };

  EVersion version;
  uint64_t reported_seq = 0;
  uint32_t reported_epoch = 0;
  uint64_t state = 0;
  EVersion log_start;
  EVersion ondisk_log_start;
  uint32_t created = 0;  // epoch
  uint32_t last_epoch_clean = 0;
  PgId parent;
  uint32_t parent_split_bits = 0;
  EVersion last_scrub;
  absl::Time last_scrub_stamp = absl::UnixEpoch();
  ObjectStatSum sum;
  int64_t log_size = 0;
  int64_t ondisk_log_size = 0;
  std::vector<int32_t> up;
  std::vector<int32_t> acting;
  absl::Time last_fresh = absl::UnixEpoch();
  absl::Time last_change = absl::UnixEpoch();
  absl::Time last_active = absl::UnixEpoch();
  absl::Time last_clean = absl::UnixEpoch();
  absl::Time last_unstale = absl::UnixEpoch();
  uint32_t mapping_epoch = 0;
  EVersion last_deep_scrub;
  absl::Time last_deep_scrub_stamp = absl::UnixEpoch();
  bool stats_invalid = false;
  absl::Time last_clean_scrub_stamp = absl::UnixEpoch();
  absl::Time last_became_active = absl::UnixEpoch();
  int32_t up_primary = -1;
  int32_t acting_primary = -1;
  std::vector<int32_t> blocked_by;
  absl::Time last_undegraded = absl::UnixEpoch();
  absl::Time last_fullsized = absl::UnixEpoch();
  absl::Time last_peered = absl::UnixEpoch();
  absl::Time last_became_peered = absl::UnixEpoch();
  uint32_t snaptrimq_len = 0;
  IntervalSet purged_snaps;  // that were removed, and of which it has nothing any more

  void Encode(Encoder& e) const;
  static PgStat Decode(Decoder& d);
};

// "active+clean"; "unknown" for none.
std::string PgStateText(uint64_t state);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_PG_STAT_H_
