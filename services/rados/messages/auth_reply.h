// MAuthReply: a monitor's answer to MAuth.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_AUTH_REPLY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_AUTH_REPLY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MAuthReply : public Message {
 public:
  static constexpr uint16_t kType = 18;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MAuthReply() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "auth_reply"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  uint32_t protocol = 0;
  int32_t result = 0;  // 0, or a negative errno
  uint64_t global_id = 0;
  BufferList auth_payload;
  std::string result_message;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_AUTH_REPLY_H_
