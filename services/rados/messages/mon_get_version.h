// MMonGetVersion: asks a monitor for the newest and oldest version of a map.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_VERSION_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_VERSION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MMonGetVersion : public Message {
 public:
  static constexpr uint16_t kType = 19;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MMonGetVersion() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_get_version"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  uint64_t handle = 0;  // echoed in the reply
  std::string what;     // "osdmap", "monmap", ...
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_VERSION_H_
