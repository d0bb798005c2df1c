// MMonGetVersionReply: the answer to MMonGetVersion.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_VERSION_REPLY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_VERSION_REPLY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MMonGetVersionReply : public Message {
 public:
  static constexpr uint16_t kType = 20;
  static constexpr uint16_t kHeadVersion = 2;
  static constexpr uint16_t kCompatVersion = 2;

  MMonGetVersionReply() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_get_version_reply"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  uint64_t handle = 0;
  uint64_t version = 0;  // the newest
  uint64_t oldest_version = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_GET_VERSION_REPLY_H_
