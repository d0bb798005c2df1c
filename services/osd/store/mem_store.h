// MemStore: an ObjectStore in memory; gone with the process.
//
// Threads: any. Each collection has its own lock; the store's is held for look-ups only.
#ifndef SIPHON_SERVICES_OSD_STORE_MEM_STORE_H_
#define SIPHON_SERVICES_OSD_STORE_MEM_STORE_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "services/osd/store/mem_collection.h"
#include "services/osd/store/object_store.h"

namespace siphon::osd {

class MemStore : public ObjectStore {
 public:
  absl::StatusOr<ObjectCollectionPtr> Open(const rados::PgId& pg) override;
  absl::Status Remove(const rados::PgId& pg) override;
  std::vector<rados::PgId> ListCollections() override;
  // Nothing here outlives the process, so there is nothing to wait for.
  void WhenDurable(Done done) override { done(absl::OkStatus()); }
  bool LargeReadsWait() const override { return false; }
  // Linear in the number of objects.
  Usage GetUsage() override;

 private:
  Mutex mutex_;
  std::map<rados::PgId, std::shared_ptr<MemCollection>> collections_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_MEM_STORE_H_
