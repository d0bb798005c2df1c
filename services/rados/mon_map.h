// MonMap: the monitors of a cluster and where they are (Ceph's MonMap, encoding version 9).
//
// A value type; Encode() of what Decode() read from Ceph 16.2 gives the same bytes back.
// Errors: Decode() returns InvalidArgument for bytes that are no monitor map.
// Source: protocol section "MonMap".
#ifndef SIPHON_SERVICES_RADOS_MON_MAP_H_
#define SIPHON_SERVICES_RADOS_MON_MAP_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

struct MonInfo {
  std::string name;
  EntityAddrVec addrs;
  uint16_t priority = 0;
  uint16_t weight = 0;
  std::map<std::string, std::string> crush_location;

  void Encode(Encoder& e) const;
  static MonInfo Decode(Decoder& d);
};

class MonMap {
 public:
  // Features that every monitor of a Pacific cluster has.
  static constexpr uint64_t kFeatureMimic = 4;
  static constexpr uint64_t kPersistentFeaturesPacific = 0xff;
  static constexpr uint8_t kReleasePacific = 16;

  BufferList Encode() const;
  static absl::StatusOr<MonMap> Decode(const BufferList& bytes);

  // Adds a monitor with the next rank.
  void Add(const std::string& name, const EntityAddrVec& addrs);
  // The monitor of a rank; null if there is none.
  const MonInfo* FindRank(size_t rank) const;

  Uuid fsid;
  uint32_t epoch = 0;
  absl::Time last_changed = absl::UnixEpoch();
  absl::Time created = absl::UnixEpoch();
  uint64_t persistent_features = 0;
  uint64_t optional_features = 0;
  std::map<std::string, MonInfo> monitors;  // by name
  std::vector<std::string> ranks;           // names, each of `monitors`
  uint8_t min_mon_release = 0;              // 0: unknown
  std::set<uint32_t> removed_ranks;
  uint8_t election_strategy = 1;  // 1: classic
  std::set<std::string> disallowed_leaders;
  bool stretch_mode = false;
  std::string tiebreaker;
  std::set<std::string> stretch_marked_down;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MON_MAP_H_
