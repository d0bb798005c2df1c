#include "services/osd/store/rocksdb_collection.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/buffer.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"
#include "services/osd/store/store_batch.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using store_keys::kChunkSize;
using Iterator = std::unique_ptr<rocksdb::Iterator>;

constexpr size_t kRemovedAtOnce = 64;  // objects

absl::Status NoObject(const HObject& object) {
  return absl::NotFoundError(absl::StrCat("no object ", object.ToString()));
}

std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

BufferList ToList(std::string value) { return BufferList(Buffer::FromString(std::move(value))); }

}  // namespace

absl::Status RocksdbCollection::Apply(Transaction transaction) {
  MutexLock lock(mutex_);
  if (removed_) {
    return absl::FailedPreconditionError(absl::StrCat("collection ", pg_.ToString(), " is gone"));
  }
  return ApplyLocked(transaction);
}

absl::Status RocksdbCollection::ApplyLocked(const Transaction& transaction) {
  StoreBatch batch(shared_->database, pg_);
  for (const Transaction::Step& step : transaction.steps()) {
    if (absl::Status applied = batch.Apply(step); !applied.ok()) return applied;
  }
  if (absl::Status committed = batch.Commit(); !committed.ok()) return committed;
  shared_->commits->NoteApplied();
  shared_->objects.fetch_add(batch.objects_added(), std::memory_order_relaxed);
  shared_->bytes.fetch_add(batch.bytes_added(), std::memory_order_relaxed);
  return absl::OkStatus();
}

absl::StatusOr<bool> RocksdbCollection::Get(rocksdb::ColumnFamilyHandle* family,
                                            const std::string& key, std::string* value) {
  StoreDatabase& database = *shared_->database;
  const rocksdb::Status got = database.db()->Get(rocksdb::ReadOptions(), family, key, value);
  if (got.IsNotFound()) return false;
  if (!got.ok()) return database.ToStatus(got);
  return true;
}

absl::StatusOr<StoredObject> RocksdbCollection::Find(const HObject& object) {
  std::string bytes;
  if (removed_) return NoObject(object);
  const absl::StatusOr<bool> found =
      Get(shared_->database->objects(), store_keys::OfObject(pg_, object), &bytes);
  if (!found.ok()) return found.status();
  if (!*found) return NoObject(object);
  absl::StatusOr<StoredObject> stored = StoredObject::Decode(std::move(bytes));
  if (stored.ok()) return stored;
  return absl::DataLossError(
      absl::StrCat("record of ", object.ToString(), ": ", stored.status().ToString()));
}

absl::StatusOr<uint64_t> RocksdbCollection::Size(const HObject& object) {
  MutexLock lock(mutex_);
  const absl::StatusOr<StoredObject> stored = Find(object);
  if (!stored.ok()) return stored.status();
  return stored->size;
}

absl::StatusOr<BufferList> RocksdbCollection::Read(const HObject& object, uint64_t offset,
                                                   uint64_t length) {
  MutexLock lock(mutex_);
  const absl::StatusOr<StoredObject> stored = Find(object);
  if (!stored.ok()) return stored.status();
  BufferList out;
  if (offset >= stored->size) return out;
  const uint64_t end = offset + std::min(length, stored->size - offset);
  if (!stored->has_slots) {
    const absl::Status read = ReadChunks(*stored, offset, end, &out);
    return read.ok() ? absl::StatusOr<BufferList>(std::move(out)) : read;
  }
  const auto runs = ListSlots(*stored, offset / kChunkSize, (end - 1) / kChunkSize + 1);
  if (!runs.ok()) return runs.status();
  for (const Run& run : *runs) {
    const uint64_t begin = run.first * kChunkSize;
    if (offset < begin) {
      if (absl::Status read = ReadChunks(*stored, offset, begin, &out); !read.ok()) return read;
      offset = begin;
    }
    BufferList bytes;
    const absl::Status read = shared_->database->files().Read(run.slots, &bytes);
    if (!read.ok()) return read;
    const uint64_t stop = std::min(end, begin + bytes.size());
    out.Append(bytes.Substr(offset - begin, stop - offset));
    offset = stop;
  }
  if (absl::Status read = ReadChunks(*stored, offset, end, &out); !read.ok()) return read;
  return out;
}

absl::Status RocksdbCollection::ReadChunks(const StoredObject& object, uint64_t offset,
                                           uint64_t end, BufferList* out) {
  while (offset < end) {
    const uint64_t begin = offset % kChunkSize;
    const uint64_t want = std::min(end - offset, kChunkSize - begin);
    std::string chunk;
    const absl::StatusOr<bool> found = Get(
        shared_->database->data(), store_keys::OfChunk(object.number, offset / kChunkSize), &chunk);
    if (!found.ok()) return found.status();
    const uint64_t have = chunk.size() > begin ? std::min(want, chunk.size() - begin) : 0;
    if (have > 0) out->Append(ToList(std::move(chunk)).Substr(begin, have));
    if (have < want) out->AppendZero(want - have);
    offset += want;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RocksdbCollection::Run>> RocksdbCollection::ListSlots(
    const StoredObject& object, uint64_t first, uint64_t end) {
  std::vector<Run> runs;
  StoreDatabase& database = *shared_->database;
  const std::string last = store_keys::OfChunk(object.number, end);
  const Iterator it(database.db()->NewIterator(rocksdb::ReadOptions(), database.slots()));
  for (it->Seek(store_keys::OfChunk(object.number, first)); it->Valid() && View(it->key()) < last;
       it->Next()) {
    const std::optional<uint64_t> index = store_keys::ChunkIndexOf(View(it->key()));
    const std::optional<DataSlot> slot = DataSlot::Decode(View(it->value()));
    if (!index.has_value() || !slot.has_value()) {
      return absl::DataLossError(
          absl::StrCat("a chunk of number ", object.number, " names no slot of a data file"));
    }
    if (runs.empty() || runs.back().first + runs.back().slots.size() != *index) {
      runs.push_back({.first = *index, .slots = {}});
    }
    runs.back().slots.push_back(*slot);
  }
  if (!it->status().ok()) return database.ToStatus(it->status());
  return runs;
}

absl::StatusOr<BufferList> RocksdbCollection::GetAttr(const HObject& object,
                                                      std::string_view name) {
  MutexLock lock(mutex_);
  const absl::StatusOr<StoredObject> stored = Find(object);
  if (!stored.ok()) return stored.status();
  const auto it = stored->attrs.find(std::string(name));
  if (it == stored->attrs.end()) {
    return absl::NotFoundError(absl::StrCat(object.ToString(), " has no such attribute"));
  }
  return it->second;
}

absl::StatusOr<KeyValues> RocksdbCollection::GetAttrs(const HObject& object) {
  MutexLock lock(mutex_);
  absl::StatusOr<StoredObject> stored = Find(object);
  if (!stored.ok()) return stored.status();
  return std::move(stored->attrs);
}

absl::StatusOr<BufferList> RocksdbCollection::OmapHeader(const HObject& object) {
  MutexLock lock(mutex_);
  const absl::StatusOr<StoredObject> stored = Find(object);
  if (!stored.ok()) return stored.status();
  std::string header;
  if (!stored->has_omap) return BufferList();
  const absl::StatusOr<bool> found =
      Get(shared_->database->omap(), store_keys::OfOmapHeader(stored->number), &header);
  if (!found.ok()) return found.status();
  return *found ? ToList(std::move(header)) : BufferList();
}

absl::StatusOr<ObjectCollection::OmapPage> RocksdbCollection::OmapList(const HObject& object,
                                                                       std::string_view after,
                                                                       std::string_view prefix,
                                                                       size_t max) {
  MutexLock lock(mutex_);
  const absl::StatusOr<StoredObject> stored = Find(object);
  if (!stored.ok()) return stored.status();
  OmapPage page;
  if (!stored->has_omap) return page;
  const std::string wanted = store_keys::OfOmap(stored->number, prefix);
  // An empty `after` is before the empty key too.
  const bool from_prefix = after.empty() || after < prefix;
  const std::string from = from_prefix ? wanted : store_keys::OfOmap(stored->number, after);
  StoreDatabase& database = *shared_->database;
  const Iterator it(database.db()->NewIterator(rocksdb::ReadOptions(), database.omap()));
  it->Seek(from);
  if (!from_prefix && it->Valid() && View(it->key()) == from) it->Next();
  for (; it->Valid() && View(it->key()).starts_with(wanted); it->Next()) {
    if (page.values.size() == max) {
      page.more = true;
      break;
    }
    page.values.emplace(View(it->key()).substr(store_keys::kOmapPrefixSize),
                        ToList(it->value().ToString()));
  }
  if (!it->status().ok()) return database.ToStatus(it->status());
  return page;
}

absl::StatusOr<KeyValues> RocksdbCollection::OmapGet(const HObject& object,
                                                     const std::set<std::string>& keys) {
  MutexLock lock(mutex_);
  const absl::StatusOr<StoredObject> stored = Find(object);
  if (!stored.ok()) return stored.status();
  KeyValues values;
  if (!stored->has_omap) return values;
  for (const std::string& key : keys) {
    std::string value;
    const absl::StatusOr<bool> found =
        Get(shared_->database->omap(), store_keys::OfOmap(stored->number, key), &value);
    if (!found.ok()) return found.status();
    if (*found) values.emplace(key, ToList(std::move(value)));
  }
  return values;
}

absl::StatusOr<ObjectCollection::ListPage> RocksdbCollection::List(const HObject& begin,
                                                                   size_t max) {
  MutexLock lock(mutex_);
  return ListLocked(begin, max);
}

absl::StatusOr<ObjectCollection::ListPage> RocksdbCollection::ListLocked(const HObject& begin,
                                                                         size_t max) {
  ListPage page;
  page.next = HObject::Max();
  if (removed_ || begin.max) return page;
  const std::string all = store_keys::OfPg(store_keys::kObjects, pg_);
  StoreDatabase& database = *shared_->database;
  const Iterator it(database.db()->NewIterator(rocksdb::ReadOptions(), database.objects()));
  for (it->Seek(store_keys::OfObject(pg_, begin)); it->Valid(); it->Next()) {
    if (!View(it->key()).starts_with(all)) break;
    std::optional<HObject> object = store_keys::ObjectOf(View(it->key()));
    if (!object.has_value()) {
      return absl::DataLossError(
          absl::StrCat("collection ", pg_.ToString(), " has a key that names no object"));
    }
    if (page.objects.size() == max) {
      page.next = *std::move(object);
      break;
    }
    page.objects.push_back(*std::move(object));
  }
  if (!it->status().ok()) return database.ToStatus(it->status());
  return page;
}

absl::StatusOr<KeyValues> RocksdbCollection::Notes() {
  MutexLock lock(mutex_);
  KeyValues notes;
  if (removed_) return notes;
  const std::string all = store_keys::OfPg(store_keys::kNotes, pg_);
  StoreDatabase& database = *shared_->database;
  const Iterator it(database.db()->NewIterator(rocksdb::ReadOptions(), database.objects()));
  for (it->Seek(all); it->Valid() && View(it->key()).starts_with(all); it->Next()) {
    notes.emplace(View(it->key()).substr(all.size()), ToList(it->value().ToString()));
  }
  if (!it->status().ok()) return database.ToStatus(it->status());
  return notes;
}

absl::Status RocksdbCollection::RemoveAll() {
  MutexLock lock(mutex_);
  if (removed_) return absl::OkStatus();
  while (true) {
    const absl::StatusOr<ListPage> page = ListLocked(HObject::Min(), kRemovedAtOnce);
    if (!page.ok()) return page.status();
    if (page->objects.empty()) break;
    Transaction transaction;
    for (const HObject& object : page->objects) transaction.Remove(object);
    if (absl::Status removed = ApplyLocked(transaction); !removed.ok()) return removed;
  }
  if (absl::Status dropped = DropKeys(); !dropped.ok()) return dropped;
  removed_ = true;
  return absl::OkStatus();
}

absl::Status RocksdbCollection::DropKeys() {
  StoreDatabase& database = *shared_->database;
  rocksdb::WriteBatch batch;
  const std::string notes = store_keys::OfPg(store_keys::kNotes, pg_);
  const Iterator it(database.db()->NewIterator(rocksdb::ReadOptions(), database.objects()));
  for (it->Seek(notes); it->Valid() && View(it->key()).starts_with(notes); it->Next()) {
    batch.Delete(database.objects(), it->key());
  }
  if (!it->status().ok()) return database.ToStatus(it->status());
  batch.Delete(database.objects(), store_keys::OfPg(store_keys::kCollections, pg_));
  const rocksdb::Status written = database.db()->Write(rocksdb::WriteOptions(), &batch);
  if (written.ok()) shared_->commits->NoteApplied();
  return database.ToStatus(written);
}

}  // namespace siphon::osd
