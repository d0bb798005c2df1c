// RawMessage: a message of any type number whose front segment is bytes as they are.
//
// For tests and benchmarks that care about how messages travel, not about what they say.
#ifndef SIPHON_TESTING_MESSAGES_RAW_MESSAGE_H_
#define SIPHON_TESTING_MESSAGES_RAW_MESSAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "msg/message_registry.h"

namespace siphon {

class RawMessage final : public Message {
 public:
  // No type of Ceph's has this number.
  static constexpr uint16_t kType = 0x7a00;
  static constexpr uint16_t kHeadVersion = 1;

  RawMessage() : RawMessage(kType) {}
  explicit RawMessage(uint16_t type, BufferList body = {}, BufferList data = {})
      : Message(type, kHeadVersion), body_(std::move(body)) {
    mutable_data() = std::move(data);
  }
  // Of kType, with a copy of `body` and this priority.
  static std::unique_ptr<RawMessage> Make(std::string_view body, uint16_t priority);

  // Makes a registry decode messages of type `type` as this class, up to `head_version`.
  static void RegisterAs(uint16_t type, MessageRegistry* registry,
                         uint16_t head_version = kHeadVersion);

  // The front segment, as given or as received.
  const BufferList& body() const { return body_; }

  std::string_view type_name() const override { return "raw"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override { e.Raw(body_); }
  absl::Status DecodePayload(Decoder& d) override;

 private:
  BufferList body_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_MESSAGES_RAW_MESSAGE_H_
