// Pg: one placement group that this OSD leads: runs requests one after the other, numbers the
// changes, and answers a request that comes again as it did the first time.
//
// Threads: any; one lock for the group, held while a request runs.
#ifndef SIPHON_SERVICES_OSD_PG_H_
#define SIPHON_SERVICES_OSD_PG_H_

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "services/osd/object_store.h"
#include "services/osd/op_limits.h"
#include "services/osd/request_log.h"
#include "services/rados/eversion.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

// What the map says about a group in one epoch.
struct PgEpoch {
  uint32_t epoch = 0;
  uint32_t pg_num = 1;  // of its pool
};

class Pg {
 public:
  Pg(const rados::PgId& id, ObjectCollectionPtr collection, const OpLimits& limits);

  const rados::PgId& id() const { return id_; }

  // Runs the request and returns the answer. Moves the request's operations away.
  std::unique_ptr<rados::MOsdOpReply> Execute(rados::MOsdOp& request, const PgEpoch& now);

 private:
  // 0, or the error of a request that no group takes.
  int32_t Check(const rados::MOsdOp& request) const;
  void ExecuteOnObject(rados::MOsdOp& request, const PgEpoch& now, rados::MOsdOpReply* reply)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ExecuteOnPg(rados::MOsdOp& request, const PgEpoch& now, rados::MOsdOpReply* reply)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const rados::PgId id_;
  const ObjectCollectionPtr collection_;
  const OpLimits limits_;

  Mutex mutex_;
  rados::EVersion last_update_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_user_version_ ABSL_GUARDED_BY(mutex_) = 0;
  RequestLog log_ ABSL_GUARDED_BY(mutex_);
};

// The answer to `request` without results or versions, acknowledging no more than it asked for.
// Used for requests that fail before they run, with `result`.
std::unique_ptr<rados::MOsdOpReply> MakeErrorReply(rados::MOsdOp& request, int32_t result,
                                                   uint32_t epoch);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_H_
