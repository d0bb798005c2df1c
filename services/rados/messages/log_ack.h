// MLogAck: the monitor has the sender's log lines up to one.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_LOG_ACK_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_LOG_ACK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MLogAck : public Message {
 public:
  static constexpr uint16_t kType = 53;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MLogAck() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "log_ack"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  Uuid fsid;
  uint64_t last = 0;    // sequence number
  std::string channel;  // "cluster", "audit"
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_LOG_ACK_H_
