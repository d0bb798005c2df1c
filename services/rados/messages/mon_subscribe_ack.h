// MMonSubscribeAck: confirms MMonSubscribe, to peers so old that they renew their subscriptions.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_SUBSCRIBE_ACK_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_SUBSCRIBE_ACK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MMonSubscribeAck : public Message {
 public:
  static constexpr uint16_t kType = 16;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MMonSubscribeAck() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_subscribe_ack"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  uint32_t interval_seconds = 0;  // renew within
  Uuid fsid;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_SUBSCRIBE_ACK_H_
