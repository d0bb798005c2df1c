// MMonCommand: a command for the monitors, as JSON; input goes in data().
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_COMMAND_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_COMMAND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MMonCommand : public Message {
 public:
  static constexpr uint16_t kType = 50;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MMonCommand() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_command"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  Uuid fsid;
  std::vector<std::string> command;  // one JSON object, as a rule in one string
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_COMMAND_H_
