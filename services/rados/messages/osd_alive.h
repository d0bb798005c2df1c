// MOsdAlive: an OSD asks the monitor to record that it was up through an epoch.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_ALIVE_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_ALIVE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"

namespace siphon::rados {

class MOsdAlive : public Message {
 public:
  static constexpr uint16_t kType = 73;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MOsdAlive() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_alive"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;  // its version is the epoch the OSD has
  uint32_t want_up_thru = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_ALIVE_H_
