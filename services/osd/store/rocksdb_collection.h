// RocksdbCollection: one placement group's objects in the durable store.
//
// Threads: any; one lock for the collection, held for the length of a call, reads of the disk
// included: whoever shares a collection has a placement group's lock anyway.
#ifndef SIPHON_SERVICES_OSD_STORE_ROCKSDB_COLLECTION_H_
#define SIPHON_SERVICES_OSD_STORE_ROCKSDB_COLLECTION_H_

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "services/osd/store/commit_queue.h"
#include "services/osd/store/data_slot.h"
#include "services/osd/store/object_store.h"
#include "services/osd/store/store_database.h"
#include "services/osd/store/stored_object.h"
#include "services/osd/store/transaction.h"

namespace siphon::osd {

class RocksdbCollection : public ObjectCollection {
 public:
  // What the collections of a store have in common; outlives them.
  struct Shared {
    StoreDatabase* database = nullptr;
    CommitQueue* commits = nullptr;
    // Of all collections.
    std::atomic<int64_t> objects{0};
    std::atomic<int64_t> bytes{0};
  };

  RocksdbCollection(Shared* shared, const rados::PgId& pg) : shared_(shared), pg_(pg) {}

  // FailedPrecondition: the collection was removed.
  absl::Status Apply(Transaction transaction) override;
  absl::StatusOr<uint64_t> Size(const rados::HObject& object) override;
  absl::StatusOr<BufferList> Read(const rados::HObject& object, uint64_t offset,
                                  uint64_t length) override;
  absl::StatusOr<BufferList> GetAttr(const rados::HObject& object, std::string_view name) override;
  absl::StatusOr<KeyValues> GetAttrs(const rados::HObject& object) override;
  absl::StatusOr<BufferList> OmapHeader(const rados::HObject& object) override;
  absl::StatusOr<OmapPage> OmapList(const rados::HObject& object, std::string_view after,
                                    std::string_view prefix, size_t max) override;
  absl::StatusOr<KeyValues> OmapGet(const rados::HObject& object,
                                    const std::set<std::string>& keys) override;
  absl::StatusOr<ListPage> List(const rados::HObject& begin, size_t max) override;
  absl::StatusOr<KeyValues> Notes() override;

  // Removes the objects, some at a time, and the collection's keys last.
  absl::Status RemoveAll();

 private:
  absl::Status ApplyLocked(const Transaction& transaction) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<ListPage> ListLocked(const rados::HObject& begin, size_t max)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status DropKeys() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<StoredObject> Find(const rados::HObject& object)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Chunks that lie in data files, with `first` for the first one.
  struct Run {
    uint64_t first = 0;
    std::vector<DataSlot> slots;
  };
  // Those of the chunks [first, end).
  absl::StatusOr<std::vector<Run>> ListSlots(const StoredObject& object, uint64_t first,
                                             uint64_t end);
  // Adds bytes [offset, end), none of which lies in a data file.
  absl::Status ReadChunks(const StoredObject& object, uint64_t offset, uint64_t end,
                          BufferList* out);
  // False: there is no such key.
  absl::StatusOr<bool> Get(rocksdb::ColumnFamilyHandle* family, const std::string& key,
                           std::string* value);

  Shared* const shared_;
  const rados::PgId pg_;
  Mutex mutex_;
  bool removed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_ROCKSDB_COLLECTION_H_
