// MMonGetMap: asks a monitor for the map of monitors; it has no fields.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_MAP_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_MAP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MMonGetMap : public Message {
 public:
  static constexpr uint16_t kType = 5;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MMonGetMap() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_get_map"; }
  void EncodePayload(Encoder& e, uint64_t features) override {}
  absl::Status DecodePayload(Decoder& d) override { return d.status(); }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_MAP_H_
