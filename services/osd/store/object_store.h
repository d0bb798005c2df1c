// ObjectStore, ObjectCollection: where an OSD keeps its objects.
//
// A store holds collections, one for each placement group; a collection holds objects: bytes,
// attributes, and a sorted map of keys and values (the object map); and notes of its group, a few
// names and values. Stores differ in where they keep them; object_store_conformance_test.cc holds
// every one to what is said here.
//
// Ownership: a collection lives as long as someone holds it, also after it was removed from the
// store; it is empty then.
// A transaction is seen as soon as Apply() returns, and is durable later; what must wait for that,
// an answer to a client say, asks by WhenDurable().
//
// Threads: any. A read sees all of a transaction or nothing of it. Memory that reads hand out never
// changes afterwards.
// Errors: NotFound for an object that is not there; a store on disk adds Unavailable and DataLoss.
#ifndef SIPHON_SERVICES_OSD_STORE_OBJECT_STORE_H_
#define SIPHON_SERVICES_OSD_STORE_OBJECT_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "services/osd/store/transaction.h"
#include "services/rados/hobject.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

class ObjectCollection {
 public:
  virtual ~ObjectCollection() = default;

  // Applies all steps or none.
  virtual absl::Status Apply(Transaction transaction) = 0;

  // Bytes of the object.
  virtual absl::StatusOr<uint64_t> Size(const rados::HObject& object) = 0;
  // Bytes [offset, offset + length), fewer at the end.
  virtual absl::StatusOr<BufferList> Read(const rados::HObject& object, uint64_t offset,
                                          uint64_t length) = 0;
  // NotFound: no object, or no attribute of that name.
  virtual absl::StatusOr<BufferList> GetAttr(const rados::HObject& object,
                                             std::string_view name) = 0;
  virtual absl::StatusOr<KeyValues> GetAttrs(const rados::HObject& object) = 0;

  virtual absl::StatusOr<BufferList> OmapHeader(const rados::HObject& object) = 0;
  struct OmapPage {
    KeyValues values;
    bool more = false;  // there are keys after the last one
  };
  // Up to `max` keys after `after` that begin with `prefix`, in order.
  virtual absl::StatusOr<OmapPage> OmapList(const rados::HObject& object, std::string_view after,
                                            std::string_view prefix, size_t max) = 0;
  // Those of `keys` that there are.
  virtual absl::StatusOr<KeyValues> OmapGet(const rados::HObject& object,
                                            const std::set<std::string>& keys) = 0;

  struct ListPage {
    std::vector<rados::HObject> objects;
    rados::HObject next;  // where to go on; Max() at the end
  };
  // Up to `max` objects from `begin` on, in HObject's order.
  virtual absl::StatusOr<ListPage> List(const rados::HObject& begin, size_t max) = 0;

  // All that Transaction::Note() kept.
  virtual absl::StatusOr<KeyValues> Notes() = 0;
};

using ObjectCollectionPtr = std::shared_ptr<ObjectCollection>;

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // The collection, made if there is none.
  virtual absl::StatusOr<ObjectCollectionPtr> Open(const rados::PgId& pg) = 0;
  // Removes the collection and its objects; OK if there is none.
  virtual absl::Status Remove(const rados::PgId& pg) = 0;
  virtual std::vector<rados::PgId> ListCollections() = 0;

  // Calls `done` when all is durable that was applied before: at once if it is already, else on
  // another thread. In the order of the calls, one at a time. With an error, it may be lost.
  using Done = absl::AnyInvocable<void(const absl::Status&)>;
  virtual void WhenDurable(Done done) = 0;

  // A large read may wait for a disk, so that it had better not be on a thread that others need.
  virtual bool LargeReadsWait() const = 0;

  struct Usage {
    uint64_t objects = 0;
    uint64_t bytes = 0;  // of the objects' contents
  };
  virtual Usage GetUsage() = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_OBJECT_STORE_H_
