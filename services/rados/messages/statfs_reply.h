// MStatfsReply: the answer to MStatfs.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_STATFS_REPLY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_STATFS_REPLY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MStatfsReply : public Message {
 public:
  static constexpr uint16_t kType = 14;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MStatfsReply() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "statfs_reply"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  Uuid fsid;
  uint64_t version = 0;
  uint64_t kb = 0;
  uint64_t kb_used = 0;
  uint64_t kb_avail = 0;
  uint64_t num_objects = 0;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_STATFS_REPLY_H_
