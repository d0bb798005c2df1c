// RequestLog: the last writes of a placement group by request, so that one that a client sends
// again takes effect once.
//
// Bounded by count: the oldest are forgotten. A client resends only what was not answered, which is
// recent. Each entry has a place in the group's notes, so that a restarted OSD knows it too; new
// entries take the places of the oldest.
// Threads: one at a time.
#ifndef SIPHON_SERVICES_OSD_PG_REQUEST_LOG_H_
#define SIPHON_SERVICES_OSD_PG_REQUEST_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "services/osd/store/transaction.h"
#include "services/rados/eversion.h"
#include "services/rados/osd_reqid.h"

namespace siphon::osd {

class RequestLog {
 public:
  // As Ceph's osd_pg_log_dups_tracked.
  static constexpr size_t kMaxEntries = 3000;

  struct Entry {
    rados::EVersion version;  // zeros for one that failed
    uint64_t user_version = 0;
    int32_t result = 0;
    // What each operation gave, of a request that asked for it; each output is small
    // (OpLimits::max_write_reply).
    struct Return {
      int32_t result = 0;
      BufferList out;
    };
    std::vector<Return> returns = {};
  };

  // Null when it is not known.
  const Entry* Find(const rados::OsdReqId& id) const;
  void Add(const rados::OsdReqId& id, const Entry& entry);
  // What the group is to note for an entry that is about to be added, in a format of our own.
  KeyValues NoteOf(const rados::OsdReqId& id, const Entry& entry) const;
  // Takes from a group's notes what is the log's. An empty log only. InvalidArgument: one is no
  // entry.
  absl::Status Load(const KeyValues& notes);
  size_t size() const { return entries_.size(); }

 private:
  absl::flat_hash_map<rados::OsdReqId, Entry> entries_;
  std::deque<rados::OsdReqId> order_;  // oldest first
  uint64_t next_ = 0;                  // how many were ever added: the next one's number
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_REQUEST_LOG_H_
