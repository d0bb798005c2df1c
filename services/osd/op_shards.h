// OpShards: threads for requests that would keep a network worker from its other connections, such
// as large reads from a disk.
//
// A placement group belongs to one shard. While work of a shard waits or runs there, all later
// requests of its groups go there too, so that a connection's requests to a group keep their order;
// all others stay on the worker that read them.
//
// Threads: any; the requests of one connection come one after the other.
#ifndef SIPHON_SERVICES_OSD_OP_SHARDS_H_
#define SIPHON_SERVICES_OSD_OP_SHARDS_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "base/mutex.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

class OpShards {
 public:
  using Work = absl::AnyInvocable<void()>;

  // With no shards, nothing has to be queued.
  explicit OpShards(size_t shards);
  ~OpShards() { Stop(); }

  // A request to `pg` is to go by Queue(): it is `slow`, or others are before it.
  bool MustQueue(const rados::PgId& pg, bool slow) const;
  // Runs `work` after what was queued before for the group; never, after Stop().
  void Queue(const rados::PgId& pg, Work work);
  // Drops what waits, and waits for what runs. Idempotent.
  void Stop();

 private:
  struct Shard {
    // Waiting and running. Changed under the lock, read without.
    std::atomic<size_t> pending{0};
    Mutex mutex;
    CondVar queued;
    bool stopped ABSL_GUARDED_BY(mutex) = false;
    std::deque<Work> queue ABSL_GUARDED_BY(mutex);
    std::thread thread;
  };

  Shard& ShardOf(const rados::PgId& pg) const;
  static void Run(Shard& shard);

  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OP_SHARDS_H_
