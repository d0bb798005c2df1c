// MMonMap: the map of monitors, encoded.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_MAP_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_MAP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MMonMap : public Message {
 public:
  static constexpr uint16_t kType = 4;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MMonMap() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_map"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  BufferList map;  // a MonMap
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_MAP_H_
