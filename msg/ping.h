// MPing: a message without contents (Ceph's type 2), for whoever wants to know if the other end
// dispatches.
#ifndef SIPHON_MSG_PING_H_
#define SIPHON_MSG_PING_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon {

class MPing final : public Message {
 public:
  static constexpr uint16_t kType = 2;
  static constexpr uint16_t kHeadVersion = 1;

  MPing() : Message(kType, kHeadVersion) {}

  std::string_view type_name() const override { return "ping"; }
  void EncodePayload(Encoder& e, uint64_t features) override {}
  absl::Status DecodePayload(Decoder& d) override { return absl::OkStatus(); }
};

}  // namespace siphon

#endif  // SIPHON_MSG_PING_H_
