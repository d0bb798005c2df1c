// ClusterLog: what daemons, people and the monitor itself have told of the cluster ("ceph log
// last", "ceph -w").
//
// The last entries are kept in memory, by channel: "cluster" and "audit". Each entry has a number;
// subscribers ask from which on they want them.
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_STATE_CLUSTER_LOG_H_
#define SIPHON_SERVICES_MON_STATE_CLUSTER_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "msg/entity_addr.h"
#include "services/rados/log_entry.h"

namespace siphon::mon {

class ClusterLog {
 public:
  static constexpr size_t kKept = 2000;
  static constexpr size_t kMaxBytes = 4096;  // of one message; longer ones are cut

  // `name` is the monitor's: "a".
  ClusterLog(Clock* clock, std::string name) : clock_(clock), name_(std::move(name)) {}
  void set_addrs(const EntityAddrVec& addrs) { addrs_ = addrs; }

  // An entry of the monitor's own.
  void Tell(rados::LogEntry::Priority priority, std::string message,
            const char* channel = "cluster");
  // Another's, as it came.
  void Add(rados::LogEntry entry);

  // The number of the last entry.
  uint64_t last() const { return last_; }
  // Entries after number `after` of at least this priority.
  std::vector<rados::LogEntry> Since(uint64_t after, uint16_t priority) const;
  // The last `most` of at least this priority, in the order in which they came. `channel` "*": of
  // all.
  std::vector<rados::LogEntry> Last(size_t most, uint16_t priority, std::string_view channel) const;

 private:
  Clock* const clock_;
  const std::string name_;
  EntityAddrVec addrs_;
  uint64_t own_ = 0;  // the monitor's own entries so far
  uint64_t last_ = 0;
  std::deque<rados::LogEntry> entries_;  // the last has number last_
};

// "2026-11-22T06:53:42.422716+0000 mon.a (mon.0) 12 : cluster [INF] text".
std::string LogLine(const rados::LogEntry& entry);
// "[INF]".
const char* LogPriorityName(uint16_t priority);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_CLUSTER_LOG_H_
