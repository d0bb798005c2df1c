// MAuth: a step of authentication, to a monitor.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_AUTH_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_AUTH_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"

namespace siphon::rados {

class MAuth : public Message {
 public:
  static constexpr uint16_t kType = 17;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MAuth() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "auth"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  uint32_t protocol = 0;  // 0: the payload lists the methods; else the method in use
  BufferList auth_payload;
  uint32_t monmap_epoch = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_AUTH_H_
