// MOsdMarkMeDown: an OSD that stops asks to be marked down; the monitor sends the same back as the
// answer.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_MARK_ME_DOWN_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_MARK_ME_DOWN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MOsdMarkMeDown : public Message {
 public:
  static constexpr uint16_t kType = 74;
  static constexpr uint16_t kHeadVersion = 4;
  static constexpr uint16_t kCompatVersion = 3;

  MOsdMarkMeDown() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_mark_me_down"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  Uuid fsid;
  int32_t target_osd = -1;
  EntityAddrVec target_addrs;
  uint32_t epoch = 0;  // of the sender's map
  bool request_ack = false;
  bool down_and_dead = false;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_MARK_ME_DOWN_H_
