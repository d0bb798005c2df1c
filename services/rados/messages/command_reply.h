// MCommandReply: a daemon's answer to MCommand; output goes in data().
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_COMMAND_REPLY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_COMMAND_REPLY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MCommandReply : public Message {
 public:
  static constexpr uint16_t kType = 98;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MCommandReply() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "command_reply"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  int32_t result = 0;  // 0, or a negative errno
  std::string status;  // a line for people
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_COMMAND_REPLY_H_
