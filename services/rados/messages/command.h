// MCommand: a command for one daemon ("ceph tell osd.0 ..."), as JSON; input goes in data().
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_COMMAND_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_COMMAND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MCommand : public Message {
 public:
  static constexpr uint16_t kType = 97;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MCommand() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "command"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  Uuid fsid;
  std::vector<std::string> command;  // one JSON object, as a rule in one string
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_COMMAND_H_
