// MGetPoolStats: asks a monitor how full some pools are.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_GET_POOL_STATS_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_GET_POOL_STATS_H_

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

class MGetPoolStats : public Message {
 public:
  static constexpr uint16_t kType = 58;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MGetPoolStats() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "get_pool_stats"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  Uuid fsid;
  std::vector<std::string> pools;  // names
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_GET_POOL_STATS_H_
