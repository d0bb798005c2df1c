// StoreBatch: what a transaction becomes in the durable store: one write batch of RocksDB.
//
// A write to an object reads its record and nothing else: bytes go to chunks as whole values or as
// changes (chunk_merge.h). Steps see what steps before them in the batch did.
//
// Threads: one at a time, with no other change to the collection from the first Apply() to
// Commit(). Cost: a clone copies the object; dropping an object map lists its keys.
#ifndef SIPHON_SERVICES_OSD_STORE_STORE_BATCH_H_
#define SIPHON_SERVICES_OSD_STORE_STORE_BATCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rocksdb/utilities/write_batch_with_index.h"
#include "services/osd/store/data_slot.h"
#include "services/osd/store/store_database.h"
#include "services/osd/store/stored_object.h"
#include "services/osd/store/transaction.h"
#include "services/rados/hobject.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

class StoreBatch {
 public:
  // `database` outlives this.
  StoreBatch(StoreDatabase* database, const rados::PgId& pg);
  ~StoreBatch();

  // Adds the step. After an error the batch is to be thrown away.
  absl::Status Apply(const Transaction::Step& step);
  // Writes all, to the log too; it is durable after the next synchronisation.
  absl::Status Commit();

  // What the batch adds to the collection.
  int64_t objects_added() const { return objects_added_; }
  int64_t bytes_added() const { return bytes_added_; }

 private:
  struct Entry {
    bool existed = false;
    uint64_t old_size = 0;
    std::optional<StoredObject> now;
  };
  struct KeyValue {
    std::string key;  // of the object map, without what it begins with
    std::string value;
  };

  absl::StatusOr<Entry*> Load(const rados::HObject& object);
  // The object, made if it is not there.
  absl::StatusOr<StoredObject*> Make(const rados::HObject& object);

  absl::Status ApplyTo(const Transaction::Step& step, StoredObject* object);
  absl::Status ApplyOmap(const Transaction::Step& step, StoredObject* object);
  absl::Status Remove(const rados::HObject& object);
  absl::Status Clone(const rados::HObject& from, const rados::HObject& to);
  absl::Status Write(StoredObject* object, uint64_t offset, const BufferList& data);
  // As Write(), whole chunks to the data files.
  absl::Status WriteLarge(StoredObject* object, uint64_t offset, const BufferList& data);
  absl::Status WriteChunks(StoredObject* object, uint64_t offset, const BufferList& data);
  absl::Status Truncate(StoredObject* object, uint64_t size);
  absl::Status Zero(StoredObject* object, uint64_t offset, uint64_t length);
  // Drops bytes and object map.
  absl::Status DropContents(const StoredObject& object);
  // Drops the chunks [first, end).
  absl::Status DropChunks(const StoredObject& object, uint64_t first, uint64_t end);
  // The object's chunks [first, end) that there may be in the family.
  absl::StatusOr<std::vector<uint64_t>> ListChunks(rocksdb::ColumnFamilyHandle* family,
                                                   uint64_t number, uint64_t first, uint64_t end);
  absl::Status CloneChunks(const StoredObject& from, StoredObject* to);
  // Applies what chunk_merge.h makes. A chunk in a data file moves to RocksDB.
  absl::Status ChangeChunk(const StoredObject& object, uint64_t index, std::string change);
  // A chunk's slot, if it has one.
  absl::StatusOr<std::optional<DataSlot>> FindSlot(const StoredObject& object, uint64_t index);
  // The chunk has no slot any more.
  absl::Status DropSlot(const StoredObject& object, uint64_t index);
  // Calls for keys of the object map from `first` on, to before `last` if there is one.
  absl::StatusOr<std::vector<KeyValue>> ListOmap(uint64_t number, const std::string& first,
                                                 const std::string* last);
  absl::Status DropOmap(uint64_t number);

  StoreDatabase* const database_;
  const rados::PgId pg_;
  rocksdb::WriteBatchWithIndex batch_;
  std::map<rados::HObject, Entry> entries_;
  std::vector<DataSlot> slots_added_;
  std::vector<DataSlot> slots_dropped_;
  bool written_ = false;  // perhaps: RocksDB was asked to
  int64_t objects_added_ = 0;
  int64_t bytes_added_ = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_STORE_BATCH_H_
