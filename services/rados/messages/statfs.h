// MStatfs: asks a monitor how full the cluster, or one pool, is.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_STATFS_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_STATFS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MStatfs : public Message {
 public:
  static constexpr uint16_t kType = 13;
  static constexpr uint16_t kHeadVersion = 2;
  static constexpr uint16_t kCompatVersion = 1;

  MStatfs() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "statfs"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  Uuid fsid;
  std::optional<int64_t> pool;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_STATFS_H_
