// ScenarioMessage: what the scenarios send: a numbered ping, or the pong that answers it.
//
// Threads: as Message.
#ifndef SIPHON_TESTING_SCENARIOS_SCENARIO_MESSAGE_H_
#define SIPHON_TESTING_SCENARIOS_SCENARIO_MESSAGE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon {

class ScenarioMessage final : public Message {
 public:
  static constexpr uint16_t kType = 1100;
  static constexpr uint16_t kHeadVersion = 1;

  ScenarioMessage() : Message(kType, kHeadVersion) {}
  explicit ScenarioMessage(uint64_t number) : ScenarioMessage() { this->number = number; }

  std::string_view type_name() const override { return pong ? "scenario_pong" : "scenario_ping"; }
  void EncodePayload(Encoder& e, uint64_t features) override {
    e.U8(pong ? 1 : 0);
    e.U8(lane);
    e.U64(stream);
    e.U64(number);
  }
  absl::Status DecodePayload(Decoder& d) override {
    pong = d.U8() != 0;
    lane = d.U8();
    stream = d.U64();
    number = d.U64();
    return absl::OkStatus();
  }
  // The pong to this ping, with the same contents (shared, not copied).
  std::unique_ptr<ScenarioMessage> Reply() const {
    auto reply = std::make_unique<ScenarioMessage>(number);
    reply->pong = true;
    reply->lane = lane;
    reply->stream = stream;
    reply->set_priority(priority());
    reply->mutable_data() = data();
    return reply;
  }

  bool pong = false;
  uint8_t lane = 0;     // messages of one lane have one priority and keep their order
  uint64_t stream = 0;  // who sent the ping on which connection
  uint64_t number = 0;  // within the lane
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_SCENARIO_MESSAGE_H_
