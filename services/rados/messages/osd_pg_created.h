// MOsdPgCreated: an OSD tells the monitor that a placement group of a new pool exists.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_CREATED_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_CREATED_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/pg_id.h"

namespace siphon::rados {

class MOsdPgCreated : public Message {
 public:
  static constexpr uint16_t kType = 116;
  static constexpr uint16_t kHeadVersion = 1;
  static constexpr uint16_t kCompatVersion = 1;

  MOsdPgCreated() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_pg_created"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  PgId pg;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_CREATED_H_
