// MWatchNotify: an OSD tells a client of an event on an object: a notification, the end of one that
// the client sent, or the end of its watch.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_WATCH_NOTIFY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_WATCH_NOTIFY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"

namespace siphon::rados {

class MWatchNotify : public Message {
 public:
  static constexpr uint16_t kType = 44;
  static constexpr uint16_t kHeadVersion = 3;
  static constexpr uint16_t kCompatVersion = 1;

  MWatchNotify() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "watch_notify"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  enum Op : uint8_t {
    kNotify = 1,          // to a watcher: answer with an operation kOpNotifyAck
    kNotifyComplete = 2,  // to the notifier; the answers are the message's data
    kDisconnect = 3,      // to a watcher: the watch is gone
  };

  uint8_t op = kNotify;
  uint64_t cookie = 0;  // of the watch, or the notifier's own
  uint64_t version = 0;
  uint64_t notify_id = 0;
  BufferList payload;
  int32_t result = 0;         // a negative errno: ETIMEDOUT when not all answered
  uint64_t notifier_gid = 0;  // number of the client that notifies
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_WATCH_NOTIFY_H_
