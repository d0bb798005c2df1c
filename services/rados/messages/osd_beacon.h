// MOsdBeacon: a sign of life from an OSD to the monitor.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_BEACON_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_BEACON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/pg_id.h"

namespace siphon::rados {

class MOsdBeacon : public Message {
 public:
  static constexpr uint16_t kType = 79;
  static constexpr uint16_t kHeadVersion = 3;
  static constexpr uint16_t kCompatVersion = 1;

  MOsdBeacon() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_beacon"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  std::vector<PgId> pgs;  // those it leads
  uint32_t min_last_epoch_clean = 0;
  absl::Time last_purged_snaps_scrub = absl::InfinitePast();
  uint32_t report_interval_seconds = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_BEACON_H_
