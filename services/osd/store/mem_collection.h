// MemCollection: one placement group's objects in memory.
//
// Threads: any; one lock for the collection, held for the length of a call. What a transaction
// drops is freed after the lock.
#ifndef SIPHON_SERVICES_OSD_STORE_MEM_COLLECTION_H_
#define SIPHON_SERVICES_OSD_STORE_MEM_COLLECTION_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "services/osd/store/object_data.h"
#include "services/osd/store/object_store.h"
#include "services/osd/store/transaction.h"

namespace siphon::osd {

class MemCollection : public ObjectCollection {
 public:
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

  ObjectStore::Usage GetUsage();
  // Drops all objects and notes.
  void Clear();

 private:
  struct Object {
    ObjectData data;
    KeyValues attrs;
    BufferList omap_header;
    KeyValues omap;
  };
  // What a transaction drops, to be freed after the lock.
  using Garbage = std::vector<Object>;

  void ApplyStep(const Transaction::Step& step, Garbage* garbage)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyOmapStep(const Transaction::Step& step, Object& object)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Null when there is none.
  const Object* Find(const rados::HObject& object) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  std::map<rados::HObject, Object> objects_ ABSL_GUARDED_BY(mutex_);
  KeyValues notes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_MEM_COLLECTION_H_
