// RocksdbStore: an ObjectStore on disk, in one RocksDB for the OSD.
//
// store_keys.h says what is kept where. A transaction is one write batch, which RocksDB's log keeps
// whole or not at all; Apply() writes the log without waiting for the disk, and one synchronisation
// serves all transactions that wait for it (commit_queue.h).
//
// Threads: any. Errors: as store_database.h.
#ifndef SIPHON_SERVICES_OSD_STORE_ROCKSDB_STORE_H_
#define SIPHON_SERVICES_OSD_STORE_ROCKSDB_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "services/osd/store/commit_queue.h"
#include "services/osd/store/object_store.h"
#include "services/osd/store/rocksdb_collection.h"
#include "services/osd/store/store_database.h"

namespace siphon::osd {

class RocksdbStore : public ObjectStore {
 public:
  // The store in `folder`, made if there is none. `on_failure` is called once, on another thread,
  // if the log can not be made durable; the OSD had better end then.
  static absl::StatusOr<std::unique_ptr<RocksdbStore>> Open(
      const std::string& folder, const StoreDatabase::Owner& owner,
      std::function<void(absl::Status)> on_failure);
  // No collection is used any more.
  ~RocksdbStore() override;

  absl::StatusOr<ObjectCollectionPtr> Open(const rados::PgId& pg) override;
  absl::Status Remove(const rados::PgId& pg) override;
  std::vector<rados::PgId> ListCollections() override;
  void WhenDurable(Done done) override { commits_->WhenDurable(std::move(done)); }
  bool LargeReadsWait() const override { return true; }
  Usage GetUsage() override;

 private:
  RocksdbStore(std::unique_ptr<StoreDatabase> database,
               std::function<void(absl::Status)> on_failure);
  // Finds the collections and counts what they hold: linear in the number of objects, at the start.
  absl::Status Load();
  // Tells the data files which slots are in use.
  absl::Status LoadSlots();
  absl::Status Sync();

  const std::unique_ptr<StoreDatabase> database_;
  const std::function<void(absl::Status)> on_failure_;
  std::unique_ptr<CommitQueue> commits_;
  RocksdbCollection::Shared shared_;

  Mutex mutex_;
  std::map<rados::PgId, std::shared_ptr<RocksdbCollection>> collections_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_ROCKSDB_STORE_H_
