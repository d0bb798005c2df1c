// Backoffs: the groups that do not serve for a while, and the clients that were told to wait.
//
// A client whose request meets such a group gets BLOCK for the group's range of objects; the
// request is dropped, for the client keeps it. It answers ACK_BLOCK and sends nothing more of that
// range until UNBLOCK; then it sends what it kept, in order. What it sent before its ACK_BLOCK is
// dropped even when the group serves again meanwhile: else a later request could overtake an
// earlier one. So UNBLOCK follows the ACK_BLOCK. (Ceph's doc/dev/osd_internals/backoff.rst.)
//
// Bounded: one entry for a group that is held and a client that asked for it.
//
// Threads: any.
#ifndef SIPHON_SERVICES_OSD_BACKOFFS_H_
#define SIPHON_SERVICES_OSD_BACKOFFS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "msg/connection.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

class Backoffs {
 public:
  // What to send, and to whom.
  struct Letter {
    ConnectionPtr to;
    std::unique_ptr<rados::MOsdBackoff> message;
  };

  // From now on the group does not serve. False: it did not before.
  bool Hold(const rados::PgId& pg);
  // It serves again: what is to be sent to those who wait; nothing if it was not held.
  std::optional<std::vector<Letter>> Release(const rados::PgId& pg);
  std::set<rados::PgId> held() const;

  // Nothing is held and nobody waits: Drops() need not be asked.
  bool idle() const { return idle_.load(std::memory_order_acquire); }
  // Is a request of `from`, for a group of a pool of `pg_num`, dropped? If so, `letter` may become
  // what to send. Clients that know no back-offs (of before Ceph 12) are served.
  bool Drops(const ConnectionPtr& from, const rados::PgId& pg, uint32_t pg_num, uint32_t epoch,
             std::optional<Letter>* letter);
  // An ACK_BLOCK came; gives the UNBLOCK if the group serves already.
  std::optional<Letter> OnAck(const ConnectionPtr& from, const rados::MOsdBackoff& ack);
  // The connection is gone: its client forgets what it was told.
  void OnReset(const Connection* connection);

  // Of clients that wait now, and BLOCKs sent ever.
  size_t waiting() const;
  uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    std::weak_ptr<Connection> client;
    uint64_t id = 0;
    uint32_t pg_num = 0;
    uint32_t epoch = 0;
    bool acked = false;
    bool released = false;  // UNBLOCK goes out when the ack is here
  };
  using Key = std::pair<const Connection*, rados::PgId>;

  static Letter Write(const ConnectionPtr& to, const rados::PgId& pg, const Entry& entry,
                      rados::MOsdBackoff::Op op);
  void UpdateIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<bool> idle_{true};
  std::atomic<uint64_t> sent_{0};
  mutable Mutex mutex_;
  std::set<rados::PgId> held_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_BACKOFFS_H_
