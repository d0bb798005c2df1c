// MPoolOpReply: the answer to MPoolOp.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_POOL_OP_REPLY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_POOL_OP_REPLY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MPoolOpReply : public Message {
 public:
  static constexpr uint16_t kType = 48;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MPoolOpReply() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "pool_op_reply"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;  // its version is `epoch`
  Uuid fsid;
  int32_t result = 0;  // 0, or a negative errno
  uint32_t epoch = 0;  // of the map that holds the change
  std::optional<BufferList> response;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_POOL_OP_REPLY_H_
