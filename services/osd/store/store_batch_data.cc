// Bytes of objects: chunks in RocksDB and in data files.
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/buffer_list.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "services/osd/store/chunk_merge.h"
#include "services/osd/store/store_batch.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using store_keys::kChunkSize;

// So many chunks are deleted by their keys, whether they are there or not.
constexpr uint64_t kFewChunks = 128;
// Bytes of a write from which on its chunks go to the data files. Below, a second file to
// synchronise costs more than what RocksDB writes twice.
constexpr size_t kLargeWrite = 512 << 10;

uint64_t ChunksOf(uint64_t size) { return size / kChunkSize + (size % kChunkSize != 0); }

}  // namespace

absl::Status StoreBatch::CloneChunks(const StoredObject& from, StoredObject* to) {
  const uint64_t end = ChunksOf(from.size);
  const auto chunks = ListChunks(database_->data(), from.number, 0, end);
  if (!chunks.ok()) return chunks.status();
  std::string value;
  for (const uint64_t index : *chunks) {
    const rocksdb::Status got =
        batch_.GetFromBatchAndDB(database_->db(), rocksdb::ReadOptions(), database_->data(),
                                 store_keys::OfChunk(from.number, index), &value);
    if (got.IsNotFound()) continue;
    if (!got.ok()) return database_->ToStatus(got);
    batch_.Put(database_->data(), store_keys::OfChunk(to->number, index), value);
  }
  if (!from.has_slots) return absl::OkStatus();
  const auto slots = ListChunks(database_->slots(), from.number, 0, end);
  if (!slots.ok()) return slots.status();
  for (const uint64_t index : *slots) {
    const absl::StatusOr<std::optional<DataSlot>> slot = FindSlot(from, index);
    if (!slot.ok()) return slot.status();
    if (!slot->has_value()) continue;
    BufferList bytes;
    if (absl::Status read = database_->files().Read({&**slot, 1}, &bytes); !read.ok()) return read;
    const absl::Status stored = database_->files().Append(bytes, &slots_added_);
    if (!stored.ok()) return stored;
    batch_.Put(database_->slots(), store_keys::OfChunk(to->number, index),
               slots_added_.back().Encode());
  }
  to->has_slots = true;
  return absl::OkStatus();
}

absl::Status StoreBatch::Write(StoredObject* object, uint64_t offset, const BufferList& data) {
  const uint64_t whole = (offset + data.size()) / kChunkSize - ChunksOf(offset);
  const bool large = data.size() >= kLargeWrite && whole > 0;
  return large ? WriteLarge(object, offset, data) : WriteChunks(object, offset, data);
}

absl::Status StoreBatch::WriteLarge(StoredObject* object, uint64_t offset, const BufferList& data) {
  const uint64_t first = ChunksOf(offset);
  const uint64_t before = first * kChunkSize - offset;
  const uint64_t end = (offset + data.size()) / kChunkSize;
  const uint64_t size = (end - first) * kChunkSize;
  if (absl::Status head = WriteChunks(object, offset, data.Substr(0, before)); !head.ok())
    return head;
  const absl::Status gone = DropChunks(*object, first, std::min(end, ChunksOf(object->size)));
  if (!gone.ok()) return gone;
  const size_t known = slots_added_.size();
  const absl::Status stored = database_->files().Append(data.Substr(before, size), &slots_added_);
  if (!stored.ok()) return stored;
  for (uint64_t index = first; index < end; ++index) {
    batch_.Put(database_->slots(), store_keys::OfChunk(object->number, index),
               slots_added_[known + index - first].Encode());
  }
  object->has_slots = true;
  object->size = std::max(object->size, end * kChunkSize);
  return WriteChunks(object, end * kChunkSize, data.Substr(before + size, data.size()));
}

absl::Status StoreBatch::WriteChunks(StoredObject* object, uint64_t offset,
                                     const BufferList& data) {
  if (data.empty()) return absl::OkStatus();
  const uint64_t old_size = object->size;
  for (size_t done = 0; done < data.size();) {
    const uint64_t at = offset + done;
    const uint64_t begin = at % kChunkSize;
    const uint64_t n = std::min<uint64_t>(data.size() - done, kChunkSize - begin);
    BufferList piece = data.Substr(done, n);
    const std::string_view bytes = piece.Flatten();
    const uint64_t index = at / kChunkSize;
    const bool whole = begin == 0 && (n == kChunkSize || at + n >= old_size);
    absl::Status status;
    if (whole) {
      status = DropSlot(*object, index);
      batch_.Put(database_->data(), store_keys::OfChunk(object->number, index), bytes);
    } else {
      status = ChangeChunk(*object, index, ChunkWrite(static_cast<uint32_t>(begin), bytes));
    }
    if (!status.ok()) return status;
    done += n;
  }
  object->size = std::max(old_size, offset + data.size());
  return absl::OkStatus();
}

absl::StatusOr<std::optional<DataSlot>> StoreBatch::FindSlot(const StoredObject& object,
                                                             uint64_t index) {
  if (!object.has_slots) return std::nullopt;
  std::string value;
  const rocksdb::Status got =
      batch_.GetFromBatchAndDB(database_->db(), rocksdb::ReadOptions(), database_->slots(),
                               store_keys::OfChunk(object.number, index), &value);
  if (got.IsNotFound()) return std::nullopt;
  if (!got.ok()) return database_->ToStatus(got);
  const std::optional<DataSlot> slot = DataSlot::Decode(value);
  if (slot.has_value()) return slot;
  return absl::DataLossError(
      absl::StrCat("chunk ", index, " of number ", object.number, " names no slot of a data file"));
}

absl::Status StoreBatch::DropSlot(const StoredObject& object, uint64_t index) {
  const absl::StatusOr<std::optional<DataSlot>> slot = FindSlot(object, index);
  if (!slot.ok()) return slot.status();
  if (!slot->has_value()) return absl::OkStatus();
  slots_dropped_.push_back(**slot);
  batch_.Delete(database_->slots(), store_keys::OfChunk(object.number, index));
  return absl::OkStatus();
}

absl::Status StoreBatch::ChangeChunk(const StoredObject& object, uint64_t index,
                                     std::string change) {
  const std::string key = store_keys::OfChunk(object.number, index);
  const absl::StatusOr<std::optional<DataSlot>> slot = FindSlot(object, index);
  if (!slot.ok()) return slot.status();
  if (!slot->has_value()) {
    batch_.Merge(database_->data(), key, change);
    return absl::OkStatus();
  }
  BufferList bytes;
  if (absl::Status read = database_->files().Read({&**slot, 1}, &bytes); !read.ok()) return read;
  std::string chunk = bytes.ToString();
  if (!ApplyToChunk(change, &chunk)) return absl::InternalError("a change beyond its chunk");
  batch_.Put(database_->data(), key, chunk);
  return DropSlot(object, index);
}

absl::Status StoreBatch::Truncate(StoredObject* object, uint64_t size) {
  const uint64_t old_size = std::exchange(object->size, size);
  if (size >= old_size) return absl::OkStatus();
  if (const uint64_t rest = size % kChunkSize; rest != 0) {
    const absl::Status cut =
        ChangeChunk(*object, size / kChunkSize, ChunkCut(static_cast<uint32_t>(rest)));
    if (!cut.ok()) return cut;
  }
  return DropChunks(*object, ChunksOf(size), ChunksOf(old_size));
}

absl::Status StoreBatch::Zero(StoredObject* object, uint64_t offset, uint64_t length) {
  const uint64_t old_size = object->size;
  const uint64_t end = std::min(offset + length, old_size);
  object->size = std::max(old_size, offset + length);
  const auto zero_part = [&](uint64_t begin, uint64_t n) {
    return ChangeChunk(*object, begin / kChunkSize,
                       ChunkWrite(static_cast<uint32_t>(begin % kChunkSize), std::string(n, '\0')));
  };
  if (offset >= end) return absl::OkStatus();
  const uint64_t first_whole = ChunksOf(offset);
  const uint64_t end_whole = end == old_size ? ChunksOf(end) : end / kChunkSize;
  if (first_whole > end_whole || (first_whole == end_whole && offset % kChunkSize == 0)) {
    // Within one chunk.
    return zero_part(offset, end - offset);
  }
  absl::Status status;
  if (offset % kChunkSize != 0) {
    status = zero_part(offset, std::min(end, first_whole * kChunkSize) - offset);
  }
  if (status.ok() && end > end_whole * kChunkSize) {
    status = zero_part(end_whole * kChunkSize, end - end_whole * kChunkSize);
  }
  return status.ok() ? DropChunks(*object, first_whole, end_whole) : status;
}

absl::Status StoreBatch::DropContents(const StoredObject& object) {
  const absl::Status dropped = DropChunks(object, 0, ChunksOf(object.size));
  if (!dropped.ok() || !object.has_omap) return dropped;
  return DropOmap(object.number);
}

absl::Status StoreBatch::DropChunks(const StoredObject& object, uint64_t first, uint64_t end) {
  if (first >= end) return absl::OkStatus();
  std::vector<uint64_t> chunks;
  std::vector<uint64_t> slots;
  if (end - first <= kFewChunks) {
    for (uint64_t index = first; index < end; ++index) chunks.push_back(index);
    slots = chunks;
  } else {
    auto listed = ListChunks(database_->data(), object.number, first, end);
    if (!listed.ok()) return listed.status();
    chunks = *std::move(listed);
    if (object.has_slots) {
      listed = ListChunks(database_->slots(), object.number, first, end);
      if (!listed.ok()) return listed.status();
      slots = *std::move(listed);
    }
  }
  for (const uint64_t index : chunks) {
    batch_.Delete(database_->data(), store_keys::OfChunk(object.number, index));
  }
  if (!object.has_slots) return absl::OkStatus();
  for (const uint64_t index : slots) {
    if (absl::Status dropped = DropSlot(object, index); !dropped.ok()) return dropped;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint64_t>> StoreBatch::ListChunks(rocksdb::ColumnFamilyHandle* family,
                                                             uint64_t number, uint64_t first,
                                                             uint64_t end) {
  std::set<uint64_t> found;
  const std::string begin_key = store_keys::OfChunk(number, first);
  const std::string end_key = store_keys::OfChunk(number, end);
  const auto note = [&found](const rocksdb::Slice& key) {
    if (const auto index = store_keys::ChunkIndexOf({key.data(), key.size()})) {
      found.insert(*index);
    }
  };
  const std::unique_ptr<rocksdb::Iterator> stored(
      database_->db()->NewIterator(rocksdb::ReadOptions(), family));
  for (stored->Seek(begin_key); stored->Valid() && stored->key().compare(end_key) < 0;
       stored->Next()) {
    note(stored->key());
  }
  if (!stored->status().ok()) return database_->ToStatus(stored->status());
  // What the batch deletes is noted too; it is found absent, or deleted again.
  const std::unique_ptr<rocksdb::WBWIIterator> added(batch_.NewIterator(family));
  for (added->Seek(begin_key); added->Valid() && added->Entry().key.compare(end_key) < 0;
       added->Next()) {
    note(added->Entry().key);
  }
  return std::vector<uint64_t>(found.begin(), found.end());
}

}  // namespace siphon::osd
