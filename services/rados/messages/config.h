// MConfig: the options that the monitor sets centrally for the receiver.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_CONFIG_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_CONFIG_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MConfig : public Message {
 public:
  static constexpr uint16_t kType = 62;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MConfig() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "config"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  std::map<std::string, std::string> options;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_CONFIG_H_
