// MOsdPgCreate: the monitor tells an OSD to make placement groups of a new pool (MOSDPGCreate2).
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_CREATE_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_CREATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/pg_id.h"

namespace siphon::rados {

class MOsdPgCreate : public Message {
 public:
  static constexpr uint16_t kType = 120;
  static constexpr uint16_t kHeadVersion = 2;
  static constexpr uint16_t kCompatVersion = 1;

  MOsdPgCreate() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_pg_create"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  // When the group's pool was made.
  struct Birth {
    uint32_t epoch = 0;
    absl::Time when = absl::UnixEpoch();
  };

  uint32_t epoch = 0;  // of the map that says who makes them
  std::map<ShardedPgId, Birth> pgs;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_CREATE_H_
