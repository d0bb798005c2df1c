// MOsdMap: maps of OSDs, whole or as changes, encoded.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_MAP_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_MAP_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MOsdMap : public Message {
 public:
  static constexpr uint16_t kType = 41;
  static constexpr uint16_t kHeadVersion = 4;
  static constexpr uint16_t kCompatVersion = 3;

  MOsdMap() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_map"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  // The newest epoch within; 0 for none.
  uint32_t last_epoch() const {
    const uint32_t full = full_maps.empty() ? 0 : full_maps.rbegin()->first;
    const uint32_t inc = incrementals.empty() ? 0 : incrementals.rbegin()->first;
    return full > inc ? full : inc;
  }

  Uuid fsid;
  std::map<uint32_t, BufferList> incrementals;  // by epoch: an OsdMapIncremental
  std::map<uint32_t, BufferList> full_maps;     // by epoch: an OsdMap
  uint32_t oldest_map = 0;                      // what the sender has
  uint32_t newest_map = 0;
  uint32_t cluster_trim_lower_bound = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_MAP_H_
