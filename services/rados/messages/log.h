// MLog: lines for the cluster log.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_LOG_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_LOG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/log_entry.h"
#include "services/rados/paxos_header.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MLog : public Message {
 public:
  static constexpr uint16_t kType = 52;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MLog() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "log"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  Uuid fsid;
  std::vector<LogEntry> entries;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_LOG_H_
