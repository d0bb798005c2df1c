// MPgStats: an OSD's figures of itself and of the placement groups that it leads.
//
// Real OSDs send it to a manager; those of this project to the monitor.
// Source: Ceph 16.2.15, observed.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_PG_STATS_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_PG_STATS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/osd_stat.h"
#include "services/rados/paxos_header.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_stat.h"
#include "services/rados/store_statfs.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MPgStats : public Message {
 public:
  static constexpr uint16_t kType = 87;
  static constexpr uint16_t kHeadVersion = 2;
  static constexpr uint16_t kCompatVersion = 1;

  MPgStats() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "pg_stats"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  Uuid fsid;
  OsdStat osd_stat;
  std::map<PgId, PgStat> pgs;
  uint32_t epoch = 0;
  absl::Duration had_map_for = absl::ZeroDuration();
  std::map<int64_t, StoreStatfs> pools;  // by pool
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_PG_STATS_H_
