#include "services/osd/store/rocksdb_store.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "services/osd/store/data_slot.h"
#include "services/osd/store/store_keys.h"
#include "services/osd/store/stored_object.h"

namespace siphon::osd {

using rados::PgId;

absl::StatusOr<std::unique_ptr<RocksdbStore>> RocksdbStore::Open(
    const std::string& folder, const StoreDatabase::Owner& owner,
    std::function<void(absl::Status)> on_failure) {
  absl::StatusOr<std::unique_ptr<StoreDatabase>> database = StoreDatabase::Open(folder, owner);
  if (!database.ok()) return database.status();
  std::unique_ptr<RocksdbStore> store(
      new RocksdbStore(*std::move(database), std::move(on_failure)));
  if (absl::Status loaded = store->Load(); !loaded.ok()) return loaded;
  return store;
}

RocksdbStore::RocksdbStore(std::unique_ptr<StoreDatabase> database,
                           std::function<void(absl::Status)> on_failure)
    : database_(std::move(database)),
      on_failure_(std::move(on_failure)),
      commits_(std::make_unique<CommitQueue>([this] { return Sync(); })) {
  shared_.database = database_.get();
  shared_.commits = commits_.get();
}

RocksdbStore::~RocksdbStore() {
  commits_.reset();
  const absl::Status synced = database_->Sync();
  LOG_IF(ERROR, !synced.ok()) << "at the end: " << synced;
}

absl::Status RocksdbStore::Sync() {
  absl::Status synced = database_->Sync();
  if (synced.ok()) return synced;
  LOG(ERROR) << "writes are not durable: " << synced;
  if (on_failure_) on_failure_(synced);
  return synced;
}

absl::Status RocksdbStore::Load() {
  MutexLock lock(mutex_);
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(options, database_->objects()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const std::string_view key(it->key().data(), it->key().size());
    if (key.front() == store_keys::kObjects) {
      const auto object = StoredObject::Decode(it->value().ToString());
      if (!object.ok()) return absl::DataLossError(object.status().ToString());
      shared_.objects.fetch_add(1);
      shared_.bytes.fetch_add(static_cast<int64_t>(object->size));
    } else if (key.front() == store_keys::kCollections) {
      const std::optional<PgId> pg = store_keys::PgOf(key);
      if (!pg.has_value()) return absl::DataLossError("a key that names no placement group");
      collections_[*pg] = std::make_shared<RocksdbCollection>(&shared_, *pg);
    }
  }
  if (!it->status().ok()) return database_->ToStatus(it->status());
  return LoadSlots();
}

absl::Status RocksdbStore::LoadSlots() {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(options, database_->slots()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const auto slot = DataSlot::Decode({it->value().data(), it->value().size()});
    if (!slot.has_value()) return absl::DataLossError("a record that names no slot of a data file");
    if (absl::Status kept = database_->files().Keep(*slot); !kept.ok()) return kept;
  }
  if (!it->status().ok()) return database_->ToStatus(it->status());
  // Durable first: what drops a slot may be in the log only.
  return database_->Sync();
}

absl::StatusOr<ObjectCollectionPtr> RocksdbStore::Open(const PgId& pg) {
  MutexLock lock(mutex_);
  std::shared_ptr<RocksdbCollection>& collection = collections_[pg];
  if (collection != nullptr) return ObjectCollectionPtr(collection);
  const rocksdb::Status put =
      database_->db()->Put(rocksdb::WriteOptions(), database_->objects(),
                           store_keys::OfPg(store_keys::kCollections, pg), "");
  if (!put.ok()) {
    collections_.erase(pg);
    return database_->ToStatus(put);
  }
  commits_->NoteApplied();
  collection = std::make_shared<RocksdbCollection>(&shared_, pg);
  return ObjectCollectionPtr(collection);
}

absl::Status RocksdbStore::Remove(const PgId& pg) {
  // Held throughout, so that nobody opens the collection anew before its keys are gone.
  MutexLock lock(mutex_);
  const auto it = collections_.find(pg);
  if (it == collections_.end()) return absl::OkStatus();
  if (absl::Status removed = it->second->RemoveAll(); !removed.ok()) return removed;
  collections_.erase(it);
  return absl::OkStatus();
}

std::vector<PgId> RocksdbStore::ListCollections() {
  std::vector<PgId> pgs;
  MutexLock lock(mutex_);
  for (const auto& [pg, collection] : collections_) pgs.push_back(pg);
  return pgs;
}

ObjectStore::Usage RocksdbStore::GetUsage() {
  return {.objects = static_cast<uint64_t>(shared_.objects.load(std::memory_order_relaxed)),
          .bytes = static_cast<uint64_t>(shared_.bytes.load(std::memory_order_relaxed))};
}

}  // namespace siphon::osd
