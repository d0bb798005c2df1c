// MMonCommandAck: the answer to MMonCommand, with its tid in the header; output goes in data().
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_COMMAND_ACK_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_COMMAND_ACK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"

namespace siphon::rados {

class MMonCommandAck : public Message {
 public:
  static constexpr uint16_t kType = 51;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MMonCommandAck() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_command_ack"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  int32_t result = 0;                // 0, or a negative errno
  std::string status;                // a line for people
  std::vector<std::string> command;  // echoed
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_COMMAND_ACK_H_
