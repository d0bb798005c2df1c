// MOsdPing: a heartbeat between OSDs, and its answer.
//
// Padded so that it does not fit one small packet: a network that loses large ones is noticed.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_PING_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_PING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MOsdPing : public Message {
 public:
  static constexpr uint16_t kType = 70;
  static constexpr uint16_t kHeadVersion = 5;
  static constexpr uint16_t kCompatVersion = 4;

  MOsdPing() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_ping"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  // Pads the message as osd_heartbeat_min_size asks.
  void PadTo(size_t min_size) {
    constexpr size_t kFixed = 29;  // what Ceph counts besides the padding
    padding = min_size > kFixed ? static_cast<uint32_t>(min_size - kFixed) : 0;
  }

  enum Op : uint8_t {
    kHeartbeat = 0,
    kStartHeartbeat = 1,
    kYouDied = 2,
    kStopHeartbeat = 3,
    kPing = 4,
    kPingReply = 5,
  };

  Uuid fsid;
  uint32_t map_epoch = 0;
  uint8_t op = kHeartbeat;
  absl::Time ping_stamp = absl::InfinitePast();     // the pinger's clock; echoed
  uint32_t up_from = 0;                             // the epoch in which the sender came up
  absl::Duration mono_ping_stamp;                   // the pinger's monotonic clock; echoed
  absl::Duration mono_send_stamp;                   // the sender's monotonic clock
  std::optional<absl::Duration> delta_upper_bound;  // between the two monotonic clocks
  uint32_t padding = 0;                             // bytes of zeros at the end
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_PING_H_
