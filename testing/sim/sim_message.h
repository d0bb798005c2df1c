// SimMessage: what simulated nodes send. It says where it belongs, so that a checker can follow it,
// and is counted, so that none can be lost in memory.
//
// Front: u64 stream, u64 index, u64 serial. Data: bytes that follow from the serial.
#ifndef SIPHON_TESTING_SIM_SIM_MESSAGE_H_
#define SIPHON_TESTING_SIM_SIM_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon {

class SimMessage final : public Message {
 public:
  static constexpr uint16_t kType = 1001;
  static constexpr uint16_t kHeadVersion = 1;

  SimMessage() : Message(kType, kHeadVersion) { ++live_; }
  SimMessage(uint64_t stream_key, uint64_t its_index, uint64_t its_serial, size_t data_bytes)
      : SimMessage() {
    stream = stream_key;
    index = its_index;
    serial = its_serial;
    if (data_bytes != 0) mutable_data().Append(Pattern(serial, data_bytes));
  }
  ~SimMessage() override { --live_; }

  std::string_view type_name() const override { return "sim"; }
  void EncodePayload(Encoder& e, uint64_t) override {
    e.U64(stream);
    e.U64(index);
    e.U64(serial);
  }
  absl::Status DecodePayload(Decoder& d) override {
    stream = d.U64();
    index = d.U64();
    serial = d.U64();
    return absl::OkStatus();
  }

  // The data that a message with `serial` carries.
  static std::string Pattern(uint64_t serial, size_t bytes) {
    std::string data(bytes, '\0');
    for (size_t i = 0; i < bytes; ++i) data[i] = static_cast<char>(serial * 31 + i);
    return data;
  }
  // How many exist in the process.
  static int64_t live() { return live_; }

  uint64_t stream = 0;  // of the sending connection
  uint64_t index = 0;   // within stream and priority, from 0
  uint64_t serial = 0;  // of the Send() among all events of the run

 private:
  static inline int64_t live_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_MESSAGE_H_
