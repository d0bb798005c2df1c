#include "services/mon/state/creating_groups.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::mon {
namespace {

constexpr uint8_t kVersion = 1;

absl::StatusOr<CreatingGroups::Pool> Decode(const std::string& value) {
  CreatingGroups::Pool pool;
  const BufferList bytes = BufferList::CopyOf(value);
  Decoder d(bytes);
  if (d.U8() != kVersion) d.Fail("an unknown version");
  pool.epoch = d.U32();
  pool.when = d.Time();
  for (uint32_t n = d.Count(4); n > 0 && d.ok(); --n) pool.groups.insert(d.U32());
  if (!d.ok()) return d.status();
  return pool;
}

}  // namespace

absl::Status CreatingGroups::Load() {
  const absl::StatusOr<std::vector<std::string>> keys = store_->Keys(MonStore::kCreatingGroups);
  if (!keys.ok()) return keys.status();
  for (const std::string& key : *keys) {
    const auto value = store_->Get(MonStore::kCreatingGroups, key);
    if (!value.ok()) return value.status();
    int64_t id = 0;
    const bool known = absl::SimpleAtoi(key, &id) && value->has_value();
    absl::StatusOr<Pool> pool = known ? Decode(**value) : absl::DataLossError("no such record");
    if (!pool.ok()) {
      return absl::DataLossError(absl::StrCat("monitor's store: the groups to make of pool ", key,
                                              ": ", pool.status().message()));
    }
    pools_[id] = *std::move(pool);
  }
  return absl::OkStatus();
}

void CreatingGroups::Put(int64_t id, const Pool& pool, MonStore::Batch* batch) {
  BufferList bytes;
  Encoder e(&bytes);
  e.U8(kVersion);
  e.U32(pool.epoch);
  e.Time(pool.when);
  e.U32(static_cast<uint32_t>(pool.groups.size()));
  for (const uint32_t group : pool.groups) e.U32(group);
  batch->Put(MonStore::kCreatingGroups, absl::StrCat(id), bytes.ToString());
}

void CreatingGroups::Created(const rados::PgId& pg) {
  const auto it = pools_.find(static_cast<int64_t>(pg.pool));
  if (it == pools_.end() || it->second.groups.erase(pg.ps) == 0) return;
  changed_.insert(it->first);
  if (it->second.groups.empty()) pools_.erase(it);
}

void CreatingGroups::Prune(const rados::OsdMap& map) {
  for (auto it = pools_.begin(); it != pools_.end();) {
    if (map.FindPool(it->first) != nullptr) {
      ++it;
      continue;
    }
    changed_.insert(it->first);
    it = pools_.erase(it);
  }
}

absl::Status CreatingGroups::Flush() {
  MonStore::Batch batch;
  for (const int64_t id : changed_) {
    const auto it = pools_.find(id);
    if (it != pools_.end()) {
      Put(id, it->second, &batch);
    } else {
      batch.Delete(MonStore::kCreatingGroups, absl::StrCat(id));
    }
  }
  if (batch.empty()) return absl::OkStatus();
  absl::Status stored = store_->Commit(batch);
  if (stored.ok()) changed_.clear();
  return stored;
}

}  // namespace siphon::mon
