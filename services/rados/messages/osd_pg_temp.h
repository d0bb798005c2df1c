// MOsdPgTemp: an OSD asks for other OSDs to serve placement groups for a while.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_TEMP_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_TEMP_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/pg_id.h"

namespace siphon::rados {

class MOsdPgTemp : public Message {
 public:
  static constexpr uint16_t kType = 78;
  static constexpr uint16_t kHeadVersion = 2;
  static constexpr uint16_t kCompatVersion = 1;

  MOsdPgTemp() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_pg_temp"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  uint32_t map_epoch = 0;
  std::map<PgId, std::vector<int32_t>> pg_temp;  // an empty list takes it back
  bool forced = false;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_PG_TEMP_H_
