// Pg: one placement group that this OSD leads: runs requests one after the other, numbers the
// changes (the number and the answer are stored with each of them, in one transaction), answers a
// request that comes again as it did the first time, keeps its objects' watches, and removes the
// clones of removed snapshots.
//
// Threads: any; one lock for the group, held while a request runs. What it sends to watchers and
// notifiers is queued under the lock.
// Ownership: by shared_ptr; tasks on the timer hold it weakly.
#ifndef SIPHON_SERVICES_OSD_PG_PG_H_
#define SIPHON_SERVICES_OSD_PG_PG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "msg/connection.h"
#include "msg/entity_addr.h"
#include "services/common/timer.h"
#include "services/osd/classes/class_registry.h"
#include "services/osd/pg/object_copier.h"
#include "services/osd/pg/object_state.h"
#include "services/osd/pg/op_context.h"
#include "services/osd/pg/op_executor.h"
#include "services/osd/pg/op_limits.h"
#include "services/osd/pg/pg_report.h"
#include "services/osd/pg/request_log.h"
#include "services/osd/pg/request_traits.h"
#include "services/osd/pg/watch_table.h"
#include "services/osd/store/object_store.h"
#include "services/rados/eversion.h"
#include "services/rados/hobject.h"
#include "services/rados/interval_set.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/osd_op.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_pool.h"

namespace siphon::osd {

// What the map says about a group in one epoch. Pointers are into that map.
struct PgEpoch {
  uint32_t epoch = 0;
  uint32_t pg_num = 1;  // of its pool
  const rados::PgPool* pool = nullptr;
  RemovedSnaps removed_snaps = {};
  bool cluster_full = false;
};

// What groups borrow from their OSD.
struct PgEnvironment {
  OpLimits limits = {};
  const LiveLimits* live_limits = nullptr;  // if there are, they count instead
  Timer* timer = nullptr;  // null: no watch lapses, and snapshots are removed at once
  Clock* clock = &Clock::Real();
  RandomSource* random = &RandomSource::Real();
  const ClassRegistry* classes = &ClassRegistry::Standard();
};

class Pg : public std::enable_shared_from_this<Pg> {
 public:
  static std::shared_ptr<Pg> Make(const rados::PgId& id, ObjectCollectionPtr collection,
                                  const PgEnvironment& environment);

  const rados::PgId& id() const { return id_; }

  // Runs the request and returns the answer; null if it gets none (its client must wait for space).
  // Moves the request's operations away. `copied`: what its copy-from operations copy.
  std::unique_ptr<rados::MOsdOpReply> Execute(rados::MOsdOp& request, const PgEpoch& now,
                                              const std::vector<CopiedObject>* copied = nullptr);

  // --- Watches (pg_watch.cc).
  // A client's connection is gone.
  void OnReset(const Connection* connection);
  // Ends the watches of clients that `is_blocked`.
  void DropWatches(const std::function<bool(const EntityAddr&)>& is_blocked);

  std::vector<WatchTable::Listed> Watches();

  // --- Figures (pg_stats.cc). The first call counts all objects.
  PgReport Report();

  // --- Snapshots (pg_trim.cc).
  // Begins to remove what clones hold for `removed`, in steps on the timer.
  void TrimSnaps(const RemovedSnaps& removed);

 private:
  Pg(const rados::PgId& id, ObjectCollectionPtr collection, const PgEnvironment& environment);

  // 0, or the error of a request that no group takes.
  static int32_t Check(const rados::MOsdOp& request, const RequestTraits& traits,
                       const OpLimits& limits);
  void ExecuteOnPg(rados::MOsdOp& request, const PgEpoch& now, rados::MOsdOpReply* reply)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // False if there is to be no answer.
  bool ExecuteOnObject(rados::MOsdOp& request, bool writes, const PgEpoch& now,
                       const std::vector<CopiedObject>* copied, rados::MOsdOpReply* reply)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  OpContext MakeContext(const rados::MOsdOp& request, const PgEpoch& now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Applies what `executor` found to be done and fills the answer's versions.
  void Finish(rados::MOsdOp& request, bool writes, const PgEpoch& now, const rados::HObject& object,
              OpExecutor* executor, rados::MOsdOpReply* reply)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Applies `transaction`, which takes the group to these versions.
  absl::Status Commit(Transaction transaction, const rados::EVersion& version,
                      uint64_t user_version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // A write changed nothing: it takes a version of the group all the same, and if it failed, it is
  // to fail when it comes again, whatever has changed.
  void NoteUnchanged(const rados::OsdReqId& id, uint32_t epoch, uint64_t user_version,
                     int32_t result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes up what the group noted before a restart.
  absl::Status LoadNotes() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The one after the last, in epoch `epoch` or the last one's.
  rados::EVersion NextVersion(uint32_t epoch) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void ListenToWatches();
  void OnNotifyDue(uint64_t id);
  void OnWatchDue(const rados::HObject& object, const WatchKey& key);
  void EndWatch(const rados::HObject& object, const WatchKey& key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void CountOps(const std::vector<rados::OsdOp>& ops) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountChange(const StoredCount& before, const StoredCount& after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void TrimStep();
  // Whether there is more to do.
  bool TrimSome(size_t max) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TrimObject(const rados::HObject& head) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const rados::PgId id_;
  const ObjectCollectionPtr collection_;
  const PgEnvironment environment_;

  Mutex mutex_;
  OpLimits limits_ ABSL_GUARDED_BY(mutex_);      // of the request that runs
  absl::Status broken_ ABSL_GUARDED_BY(mutex_);  // why no request can run
  rados::EVersion last_update_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_user_version_ ABSL_GUARDED_BY(mutex_) = 0;
  RequestLog log_ ABSL_GUARDED_BY(mutex_);
  WatchTable watches_ ABSL_GUARDED_BY(mutex_);
  rados::ObjectStatSum sum_ ABSL_GUARDED_BY(mutex_);
  bool counted_ ABSL_GUARDED_BY(mutex_) = false;  // sum_ has what is stored
  // Snapshots that were removed, or are being; how far, and whether a step is on its way.
  rados::IntervalSet trimmed_ ABSL_GUARDED_BY(mutex_);
  rados::HObject trim_cursor_ ABSL_GUARDED_BY(mutex_) = rados::HObject::Max();
  bool trim_armed_ ABSL_GUARDED_BY(mutex_) = false;
  bool trim_failed_ ABSL_GUARDED_BY(mutex_) = false;  // something stayed
  rados::IntervalSet purged_ ABSL_GUARDED_BY(mutex_);
};

// The answer to `request` without results or versions, acknowledging no more than it asked for.
// Used for requests that fail before they run, with `result`.
std::unique_ptr<rados::MOsdOpReply> MakeErrorReply(rados::MOsdOp& request, int32_t result,
                                                   uint32_t epoch);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_PG_H_
