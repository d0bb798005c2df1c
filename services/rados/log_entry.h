// LogEntry: one line of the cluster log (Ceph's LogEntry, version 5).
#ifndef SIPHON_SERVICES_RADOS_LOG_ENTRY_H_
#define SIPHON_SERVICES_RADOS_LOG_ENTRY_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"

namespace siphon::rados {

struct LogEntry {
  // Bytes of the smallest one on the wire.
  static constexpr size_t kMinEncodedSize = 6;

  enum Priority : uint16_t { kDebug = 0, kInfo = 1, kSecurity = 2, kWarning = 3, kError = 4 };

  uint32_t auth_type = 0;  // entity type and id that the sender authenticated as
  std::string auth_id;
  EntityName rank;  // who it is in the cluster
  EntityAddrVec addrs;
  absl::Time stamp = absl::InfinitePast();
  uint64_t seq = 0;  // of its sender, from 1
  uint16_t priority = kInfo;
  std::string message;
  std::string channel;  // "cluster", "audit"

  void Encode(Encoder& e, uint64_t features) const;
  static LogEntry Decode(Decoder& d);
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_LOG_ENTRY_H_
