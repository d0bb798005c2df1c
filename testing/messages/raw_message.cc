#include "testing/messages/raw_message.h"

namespace siphon {

std::unique_ptr<RawMessage> RawMessage::Make(std::string_view body, uint16_t priority) {
  auto message = std::make_unique<RawMessage>(kType, BufferList::CopyOf(body));
  message->set_priority(priority);
  return message;
}

void RawMessage::RegisterAs(uint16_t type, MessageRegistry* registry, uint16_t head_version) {
  constexpr MessageRegistry::Factory kFactory = []() -> MessagePtr {
    return std::make_unique<RawMessage>();  // takes its number from the header
  };
  registry->Add(type, {.factory = kFactory, .head_version = head_version});
}

std::string RawMessage::Summary() const {
  return "raw(type " + std::to_string(type()) + ", " + std::to_string(body_.size()) + " + " +
         std::to_string(data().size()) + " bytes)";
}

absl::Status RawMessage::DecodePayload(Decoder& d) {
  body_ = d.RawBlob(d.remaining());
  return absl::OkStatus();
}

}  // namespace siphon
