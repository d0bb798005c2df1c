#include "services/osd/store/store_batch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/buffer_list.h"
#include "rocksdb/comparator.h"
#include "rocksdb/options.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using Kind = Transaction::Kind;

}  // namespace

StoreBatch::StoreBatch(StoreDatabase* database, const rados::PgId& pg)
    : database_(database),
      pg_(pg),
      batch_(rocksdb::BytewiseComparator(), 0,
             /*overwrite_key=*/true) {}

StoreBatch::~StoreBatch() {
  if (!written_) database_->files().Drop(slots_added_);
}

absl::StatusOr<StoreBatch::Entry*> StoreBatch::Load(const HObject& object) {
  const auto [it, fresh] = entries_.try_emplace(object);
  Entry& entry = it->second;
  if (!fresh) return &entry;
  std::string bytes;
  const rocksdb::Status got = database_->db()->Get(rocksdb::ReadOptions(), database_->objects(),
                                                   store_keys::OfObject(pg_, object), &bytes);
  if (got.IsNotFound()) return &entry;
  if (!got.ok()) return database_->ToStatus(got);
  absl::StatusOr<StoredObject> stored = StoredObject::Decode(std::move(bytes));
  if (!stored.ok()) return absl::DataLossError(stored.status().ToString());
  entry.existed = true;
  entry.old_size = stored->size;
  entry.now = *std::move(stored);
  return &entry;
}

absl::StatusOr<StoredObject*> StoreBatch::Make(const HObject& object) {
  const absl::StatusOr<Entry*> entry = Load(object);
  if (!entry.ok()) return entry.status();
  std::optional<StoredObject>& now = (*entry)->now;
  if (!now.has_value()) {
    const absl::StatusOr<uint64_t> number = database_->NewNumber();
    if (!number.ok()) return number.status();
    now.emplace().number = *number;
  }
  return &*now;
}

absl::Status StoreBatch::Apply(const Transaction::Step& step) {
  switch (step.kind) {
    case Kind::kNote:
      for (const auto& [name, value] : step.values) {
        batch_.Put(database_->objects(), store_keys::OfPg(store_keys::kNotes, pg_) + name,
                   value.ToString());
      }
      return absl::OkStatus();
    case Kind::kRemove:
      return Remove(step.object);
    case Kind::kClone:
      return Clone(step.source, step.object);
    default:
      break;
  }
  const absl::StatusOr<StoredObject*> object = Make(step.object);
  return object.ok() ? ApplyTo(step, *object) : object.status();
}

absl::Status StoreBatch::ApplyTo(const Transaction::Step& step, StoredObject* object) {
  switch (step.kind) {
    case Kind::kWrite:
      return Write(object, step.offset, step.data);
    case Kind::kWriteFull:
      if (absl::Status cut = Truncate(object, std::min(object->size, step.data.size())); !cut.ok())
        return cut;
      return Write(object, 0, step.data);
    case Kind::kTruncate:
      return Truncate(object, step.offset);
    case Kind::kZero:
      return Zero(object, step.offset, step.length);
    case Kind::kSetAttrs:
      for (const auto& [name, value] : step.values) object->attrs[name] = value;
      return absl::OkStatus();
    case Kind::kRemoveAttr:
      for (const std::string& name : step.keys) object->attrs.erase(name);
      return absl::OkStatus();
    default:
      return ApplyOmap(step, object);
  }
}

absl::Status StoreBatch::ApplyOmap(const Transaction::Step& step, StoredObject* object) {
  switch (step.kind) {
    case Kind::kOmapSet:
      object->has_omap = true;
      for (const auto& [key, value] : step.values) {
        batch_.Put(database_->omap(), store_keys::OfOmap(object->number, key), value.ToString());
      }
      return absl::OkStatus();
    case Kind::kOmapRemove:
      for (const std::string& key : step.keys) {
        batch_.Delete(database_->omap(), store_keys::OfOmap(object->number, key));
      }
      return absl::OkStatus();
    case Kind::kOmapRemoveRange: {
      if (step.first >= step.last) return absl::OkStatus();
      const auto values = ListOmap(object->number, step.first, &step.last);
      if (!values.ok()) return values.status();
      for (const KeyValue& gone : *values) {
        batch_.Delete(database_->omap(), store_keys::OfOmap(object->number, gone.key));
      }
      return absl::OkStatus();
    }
    case Kind::kOmapClear:
      if (!object->has_omap) return absl::OkStatus();
      object->has_omap = false;
      return DropOmap(object->number);
    case Kind::kOmapSetHeader:
      object->has_omap = true;
      batch_.Put(database_->omap(), store_keys::OfOmapHeader(object->number), step.data.ToString());
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

absl::Status StoreBatch::Remove(const HObject& object) {
  const absl::StatusOr<Entry*> entry = Load(object);
  if (!entry.ok()) return entry.status();
  std::optional<StoredObject>& now = (*entry)->now;
  if (!now.has_value()) return absl::OkStatus();
  const absl::Status dropped = DropContents(*now);
  now.reset();
  return dropped;
}

absl::Status StoreBatch::Clone(const HObject& from, const HObject& to) {
  const absl::StatusOr<Entry*> source = Load(from);
  if (!source.ok()) return source.status();
  if (!(*source)->now.has_value() || from == to) return absl::OkStatus();
  if (absl::Status removed = Remove(to); !removed.ok()) return removed;
  const absl::StatusOr<StoredObject*> made = Make(to);
  if (!made.ok()) return made.status();
  const StoredObject& original = *(*source)->now;
  StoredObject& copy = **made;
  copy.size = original.size;
  copy.has_omap = original.has_omap;
  copy.attrs = original.attrs;
  if (absl::Status cloned = CloneChunks(original, &copy); !cloned.ok()) return cloned;
  if (!original.has_omap) return absl::OkStatus();
  const auto values = ListOmap(original.number, "", nullptr);
  if (!values.ok()) return values.status();
  std::string value;
  for (const KeyValue& kv : *values) {
    batch_.Put(database_->omap(), store_keys::OfOmap(copy.number, kv.key), kv.value);
  }
  const rocksdb::Status header =
      batch_.GetFromBatchAndDB(database_->db(), rocksdb::ReadOptions(), database_->omap(),
                               store_keys::OfOmapHeader(original.number), &value);
  if (header.IsNotFound()) return absl::OkStatus();
  if (header.ok()) batch_.Put(database_->omap(), store_keys::OfOmapHeader(copy.number), value);
  return database_->ToStatus(header);
}

absl::StatusOr<std::vector<StoreBatch::KeyValue>> StoreBatch::ListOmap(uint64_t number,
                                                                       const std::string& first,
                                                                       const std::string* last) {
  std::vector<KeyValue> values;
  const std::string end = last != nullptr ? store_keys::OfOmap(number, *last)
                                          : store_keys::After(store_keys::OfOmap(number, ""));
  const std::unique_ptr<rocksdb::Iterator> it(batch_.NewIteratorWithBase(
      database_->omap(), database_->db()->NewIterator(rocksdb::ReadOptions(), database_->omap())));
  for (it->Seek(store_keys::OfOmap(number, first)); it->Valid() && it->key().compare(end) < 0;
       it->Next()) {
    rocksdb::Slice key = it->key();
    key.remove_prefix(store_keys::kOmapPrefixSize);
    values.push_back({key.ToString(), it->value().ToString()});
  }
  if (!it->status().ok()) return database_->ToStatus(it->status());
  return values;
}

absl::Status StoreBatch::DropOmap(uint64_t number) {
  batch_.Delete(database_->omap(), store_keys::OfOmapHeader(number));
  const auto values = ListOmap(number, "", nullptr);
  if (!values.ok()) return values.status();
  for (const KeyValue& gone : *values) {
    batch_.Delete(database_->omap(), store_keys::OfOmap(number, gone.key));
  }
  return absl::OkStatus();
}

absl::Status StoreBatch::Commit() {
  for (const auto& [object, entry] : entries_) {
    const std::string key = store_keys::OfObject(pg_, object);
    if (entry.now.has_value()) {
      batch_.Put(database_->objects(), key, entry.now->Encode());
    } else if (entry.existed) {
      batch_.Delete(database_->objects(), key);
    }
    objects_added_ += int{entry.now.has_value()} - int{entry.existed};
    bytes_added_ += entry.now.has_value() ? static_cast<int64_t>(entry.now->size) : 0;
    bytes_added_ -= static_cast<int64_t>(entry.old_size);
  }
  written_ = true;
  const rocksdb::Status status =
      database_->db()->Write(rocksdb::WriteOptions(), batch_.GetWriteBatch());
  if (status.ok()) database_->files().Drop(slots_dropped_);
  return database_->ToStatus(status);
}

}  // namespace siphon::osd
