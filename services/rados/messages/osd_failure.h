// MOsdFailure: an OSD tells the monitor that another one does not answer, or does so again.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_FAILURE_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_FAILURE_H_

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

class MOsdFailure : public Message {
 public:
  static constexpr uint16_t kType = 72;
  static constexpr uint16_t kHeadVersion = 4;
  static constexpr uint16_t kCompatVersion = 4;

  MOsdFailure() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_failure"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  bool failed() const { return (flags & kFailed) != 0; }
  bool immediate() const { return (flags & kImmediate) != 0; }

  enum Flags : uint8_t {
    kStillAlive = 0,  // takes an earlier report back
    kFailed = 1,
    kImmediate = 2,  // nobody listens there: no need to wait for other reporters
  };

  PaxosHeader paxos;
  Uuid fsid;
  int32_t target = -1;  // the OSD
  EntityAddrVec target_addrs;
  uint32_t epoch = 0;  // of the sender's map
  uint8_t flags = kFailed;
  int32_t failed_for_seconds = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_FAILURE_H_
