// MOsdBoot: an OSD asks the monitor to mark it up.
//
// Its public addresses are those of the connection; the others are given here.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_BOOT_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_BOOT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/message.h"
#include "services/rados/osd_superblock.h"
#include "services/rados/paxos_header.h"

namespace siphon::rados {

class MOsdBoot : public Message {
 public:
  static constexpr uint16_t kType = 71;
  static constexpr uint16_t kHeadVersion = 7;
  static constexpr uint16_t kCompatVersion = 7;

  MOsdBoot() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_boot"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;  // its version is the epoch the OSD has
  OsdSuperblock superblock;
  EntityAddrVec hb_back_addrs;
  EntityAddrVec cluster_addrs;
  uint32_t boot_epoch = 0;  // the last epoch in which this instance was up, or 0
  EntityAddrVec hb_front_addrs;
  std::map<std::string, std::string> metadata;
  uint64_t osd_features = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_BOOT_H_
