// MMonSubscribe: asks a monitor for maps, now and at each change.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_MON_SUBSCRIBE_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_MON_SUBSCRIBE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MMonSubscribe : public Message {
 public:
  static constexpr uint16_t kType = 15;
  static constexpr uint16_t kHeadVersion = 3;
  static constexpr uint16_t kCompatVersion = 1;

  MMonSubscribe() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "mon_subscribe"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  struct Item {
    uint64_t start = 0;     // the first epoch wanted; 0: the current one
    bool one_time = false;  // drop the subscription after one delivery
  };
  // By name: "monmap", "osdmap", "mgrmap", "config", "osd_pg_creates", ...
  std::map<std::string, Item> what;
  std::string hostname;  // of the sender
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_MON_SUBSCRIBE_H_
