// MOsdFull: an OSD tells the monitor how full it is.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_FULL_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_FULL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"

namespace siphon::rados {

class MOsdFull : public Message {
 public:
  static constexpr uint16_t kType = 75;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MOsdFull() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_full"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  uint32_t map_epoch = 0;  // that the OSD has
  uint32_t state = 0;      // kOsdFull, kOsdBackfillFull, kOsdNearFull or none
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_FULL_H_
