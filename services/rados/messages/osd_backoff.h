// MOsdBackoff: an OSD asks a client to hold operations on a range of objects back, or to go on.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_BACKOFF_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_BACKOFF_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/hobject.h"
#include "services/rados/pg_id.h"

namespace siphon::rados {

class MOsdBackoff : public Message {
 public:
  static constexpr uint16_t kType = 61;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MOsdBackoff() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_backoff"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  enum Op : uint8_t { kBlock = 1, kAckBlock = 2, kUnblock = 3 };

  ShardedPgId pg;
  uint32_t map_epoch = 0;
  uint8_t op = kBlock;
  uint64_t id = 0;
  HObject begin;
  HObject end;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_BACKOFF_H_
