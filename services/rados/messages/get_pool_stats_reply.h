// MGetPoolStatsReply: the answer to MGetPoolStats.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_GET_POOL_STATS_REPLY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_GET_POOL_STATS_REPLY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MGetPoolStatsReply : public Message {
 public:
  static constexpr uint16_t kType = 59;
  static constexpr uint16_t kHeadVersion = 2;
  static constexpr uint16_t kCompatVersion = 1;

  MGetPoolStatsReply() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "get_pool_stats_reply"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  PaxosHeader paxos;
  Uuid fsid;
  // By pool name: a whole encoded pool_stat_t (version, compat, length, bytes).
  std::map<std::string, BufferList> pools;
  bool per_pool = false;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_GET_POOL_STATS_REPLY_H_
