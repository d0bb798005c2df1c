#include "services/osd/fsck/store_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "rocksdb/options.h"
#include "services/osd/pg/object_info.h"
#include "services/osd/pg/pg_versions.h"
#include "services/osd/pg/request_log.h"
#include "services/osd/pg/snap_set.h"
#include "services/osd/store/data_slot.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::PgId;
using store_keys::kChunkSize;

std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::ReadOptions ReadAll() {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  return options;
}

// The same object, whatever the snapshot.
bool SameName(HObject a, const HObject& b) {
  a.snap = b.snap;
  return a == b;
}

}  // namespace

absl::StatusOr<StoreReport> StoreCheck::Run(const std::string& folder) {
  absl::StatusOr<std::unique_ptr<StoreDatabase>> database = StoreDatabase::OpenToRead(folder);
  if (!database.ok()) return database.status();
  StoreCheck check(*std::move(database));
  check.report_.owner = check.database_->owner();
  check.CheckObjects();
  check.CheckData();
  check.CheckSlots();
  check.CheckOmap();
  return std::move(check.report_);
}

void StoreCheck::Report(std::string problem) {
  ++report_.problem_count;
  if (report_.problems.size() < StoreReport::kMaxProblems) {
    report_.problems.push_back(std::move(problem));
  }
}

void StoreCheck::CheckEnd(const rocksdb::Iterator& it, const char* family) {
  if (!it.status().ok()) {
    Report(absl::StrCat("family ", family, " cannot be read to its end: ", it.status().ToString()));
  }
}

// Keys come in the order of their first letters: collections, numbers, notes, objects.
void StoreCheck::CheckObjects() {
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(ReadAll(), database_->objects()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const std::string_view key = View(it->key());
    const std::optional<PgId> pg = store_keys::PgOf(key);
    if (key == store_keys::kNumbers) {
      numbers_ = Decoder(View(it->value())).U64();
    } else if (key == store_keys::kSuperblock) {
      continue;  // read when the store was opened
    } else if (!pg.has_value()) {
      Report(absl::StrCat("a key of ", key.size(), " bytes in the family default is none of ours"));
    } else if (key.front() == store_keys::kCollections) {
      ++report_.collections;
      collections_.insert(*pg);
    } else if (!collections_.contains(*pg)) {
      Report(absl::StrCat(pg->ToString(), " has keys and is no collection"));
    } else if (key.front() == store_keys::kNotes) {
      CheckNote(*pg, key.substr(store_keys::kPgKeySize), View(it->value()));
    } else if (key.front() == store_keys::kObjects) {
      FinishNotes();
      if (*pg != pg_) FinishClones();
      pg_ = *pg;
      CheckObject(key, View(it->value()));
    }
  }
  FinishNotes();
  FinishClones();
  CheckEnd(*it, "default");
}

void StoreCheck::CheckNote(const PgId& pg, std::string_view name, std::string_view value) {
  if (pg != notes_of_) FinishNotes();
  notes_of_ = pg;
  notes_.emplace(name, BufferList::CopyOf(value));
}

void StoreCheck::FinishNotes() {
  if (notes_.empty()) return;
  RequestLog log;
  if (absl::Status loaded = log.Load(notes_); !loaded.ok()) {
    Report(absl::StrCat(notes_of_.ToString(), ": its log: ", loaded.ToString()));
  }
  report_.log_entries += log.size();
  if (const auto note = notes_.find(PgVersions::kNote); note != notes_.end()) {
    const absl::StatusOr<PgVersions> versions = PgVersions::Decode(note->second);
    if (versions.ok()) {
      versions_[notes_of_] = versions->last_update;
    } else {
      Report(absl::StrCat(notes_of_.ToString(), ": ", versions.status().ToString()));
    }
  }
  notes_.clear();
}

void StoreCheck::CheckObject(std::string_view key, std::string_view value) {
  const std::optional<HObject> object = store_keys::ObjectOf(key);
  if (!object.has_value()) {
    return Report(absl::StrCat(pg_.ToString(), ": a key that names no object"));
  }
  const absl::StatusOr<StoredObject> stored = StoredObject::Decode(std::string(value));
  if (!stored.ok()) {
    return Report(absl::StrCat(object->ToString(), ": its record: ", stored.status().ToString()));
  }
  ++report_.objects;
  report_.bytes += stored->size;
  if (stored->number >= numbers_) {
    Report(absl::StrCat(object->ToString(), " has the number ", stored->number,
                        ", which was not given yet"));
  }
  if (!objects_
           .try_emplace(stored->number, Known{stored->size, stored->has_omap, stored->has_slots})
           .second) {
    Report(absl::StrCat(object->ToString(), " has the number of another object, ", stored->number));
  }
  CheckAttrs(*object, *stored);
  if (!SameName(clones_.name, *object)) FinishClones();
  clones_.name = *object;
  if (object->snap != rados::kSnapHead) {
    ++report_.clones;
    clones_.sizes.emplace_back(object->snap, stored->size);
  } else {
    CheckClonesOf(*object, *stored);
  }
}

void StoreCheck::CheckAttrs(const HObject& object, const StoredObject& stored) {
  const auto attr = stored.attrs.find(std::string(ObjectInfo::kAttr));
  if (attr == stored.attrs.end()) return Report(absl::StrCat(object.ToString(), " has no info"));
  const absl::StatusOr<ObjectInfo> info = ObjectInfo::Decode(attr->second);
  if (!info.ok()) {
    return Report(absl::StrCat(object.ToString(), ": its info: ", info.status().ToString()));
  }
  const auto last = versions_.find(pg_);
  if (last != versions_.end() && info->version <= last->second) return;
  Report(absl::StrCat(object.ToString(), " has the version ", info->version.ToString(),
                      ", newer than its group ", pg_.ToString()));
}

void StoreCheck::CheckClonesOf(const HObject& head, const StoredObject& stored) {
  const std::vector<std::pair<uint64_t, uint64_t>> there = std::exchange(clones_.sizes, {});
  std::vector<std::pair<uint64_t, uint64_t>> listed;
  if (const auto attr = stored.attrs.find(std::string(SnapSet::kAttr));
      attr != stored.attrs.end()) {
    const absl::StatusOr<SnapSet> snaps = SnapSet::Decode(attr->second);
    if (!snaps.ok()) {
      return Report(absl::StrCat(head.ToString(), ": its snapshots: ", snaps.status().ToString()));
    }
    for (const auto& [id, clone] : snaps->clones) listed.emplace_back(id, clone.size);
  }
  if (there == listed) return;
  const auto text = [](const std::vector<std::pair<uint64_t, uint64_t>>& clones) {
    std::string out;
    for (const auto& [id, size] : clones) absl::StrAppend(&out, " ", id, " (", size, " bytes)");
    return out.empty() ? std::string(" none") : out;
  };
  Report(
      absl::StrCat(head.ToString(), " lists the clones", text(listed), "; there are", text(there)));
}

void StoreCheck::FinishClones() {
  for (const auto& [id, size] : std::exchange(clones_.sizes, {})) {
    Report(absl::StrCat(clones_.name.ToString(), ": clone ", id, " has no head"));
  }
}

void StoreCheck::CheckData() {
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(ReadAll(), database_->data()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ++report_.chunks;
    const std::optional<uint64_t> number = store_keys::NumberOf(View(it->key()));
    const std::optional<uint64_t> index = store_keys::ChunkIndexOf(View(it->key()));
    if (!number.has_value() || !index.has_value()) {
      Report(
          absl::StrCat("a key of ", it->key().size(), " bytes in the family data is no chunk's"));
      continue;
    }
    const auto object = objects_.find(*number);
    if (object == objects_.end()) {
      Report(absl::StrCat("chunk ", *index, " of number ", *number, ", which is no object's"));
      continue;
    }
    const uint64_t size = object->second.size;
    const uint64_t begin = *index * kChunkSize;
    const uint64_t room = begin < size ? std::min(kChunkSize, size - begin) : 0;
    if (it->value().size() > room) {
      Report(absl::StrCat("chunk ", *index, " of number ", *number, " has ", it->value().size(),
                          " bytes, and its object ends at ", size));
    }
  }
  CheckEnd(*it, "data");
}

void StoreCheck::CheckSlots() {
  if (database_->slots() == nullptr) return;
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(ReadAll(), database_->slots()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) CheckSlot(View(it->key()), View(it->value()));
  CheckEnd(*it, "slots");
}

void StoreCheck::CheckSlot(std::string_view key, std::string_view value) {
  ++report_.chunks;
  const std::optional<uint64_t> number = store_keys::NumberOf(key);
  const std::optional<uint64_t> index = store_keys::ChunkIndexOf(key);
  const std::optional<DataSlot> slot = DataSlot::Decode(value);
  if (!number.has_value() || !index.has_value() || !slot.has_value()) {
    return Report(
        absl::StrCat("a key of ", key.size(), " bytes in the family slots is no chunk's"));
  }
  const std::string chunk = absl::StrCat("chunk ", *index, " of number ", *number);
  const auto object = objects_.find(*number);
  if (object == objects_.end()) {
    return Report(absl::StrCat(chunk, ", in a data file, which is no object's"));
  }
  if (!object->second.has_slots) {
    Report(absl::StrCat(chunk, " lies in a data file, and its object is said to have none there"));
  }
  if (*index >= object->second.size / kChunkSize) {
    Report(
        absl::StrCat(chunk, " lies in a data file, and its object ends at ", object->second.size));
  }
  if (!slots_.insert(uint64_t{slot->file} << 32 | slot->index).second) {
    Report(absl::StrCat(chunk, " has slot ", slot->index, " of data file ", slot->file,
                        ", as another chunk has"));
  }
  std::string other;
  if (database_->db()->Get(rocksdb::ReadOptions(), database_->data(), key, &other).ok()) {
    Report(absl::StrCat(chunk, " lies in a data file and in RocksDB"));
  }
  BufferList bytes;
  const absl::Status read = database_->files().Read({&*slot, 1}, &bytes);
  if (!read.ok()) Report(absl::StrCat(chunk, ": ", read.ToString()));
}

void StoreCheck::CheckOmap() {
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(ReadAll(), database_->omap()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ++report_.omap_keys;
    const std::optional<uint64_t> number = store_keys::NumberOf(View(it->key()));
    if (!number.has_value() || it->key().size() < store_keys::kOmapPrefixSize) {
      Report(absl::StrCat("a key of ", it->key().size(),
                          " bytes in the family omap is no object map's"));
      continue;
    }
    const auto object = objects_.find(*number);
    if (object != objects_.end() && object->second.has_omap) continue;
    Report(absl::StrCat(
        "a key of the object map of number ", *number,
        object == objects_.end() ? ", which is no object's" : ", whose object has no map"));
  }
  CheckEnd(*it, "omap");
}

}  // namespace siphon::osd
