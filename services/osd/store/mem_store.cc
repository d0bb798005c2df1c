#include "services/osd/store/mem_store.h"

#include <utility>

namespace siphon::osd {

using rados::PgId;

absl::StatusOr<ObjectCollectionPtr> MemStore::Open(const PgId& pg) {
  MutexLock lock(mutex_);
  std::shared_ptr<MemCollection>& collection = collections_[pg];
  if (collection == nullptr) collection = std::make_shared<MemCollection>();
  return ObjectCollectionPtr(collection);
}

absl::Status MemStore::Remove(const PgId& pg) {
  std::shared_ptr<MemCollection> gone;
  {
    MutexLock lock(mutex_);
    const auto it = collections_.find(pg);
    if (it == collections_.end()) return absl::OkStatus();
    gone = std::move(it->second);
    collections_.erase(it);
  }
  gone->Clear();
  return absl::OkStatus();
}

std::vector<PgId> MemStore::ListCollections() {
  std::vector<PgId> pgs;
  MutexLock lock(mutex_);
  for (const auto& [pg, collection] : collections_) pgs.push_back(pg);
  return pgs;
}

ObjectStore::Usage MemStore::GetUsage() {
  std::vector<std::shared_ptr<MemCollection>> collections;
  {
    MutexLock lock(mutex_);
    for (const auto& [pg, collection] : collections_) collections.push_back(collection);
  }
  Usage total;
  for (const auto& collection : collections) {
    const Usage usage = collection->GetUsage();
    total.objects += usage.objects;
    total.bytes += usage.bytes;
  }
  return total;
}

}  // namespace siphon::osd
