#include "services/mon/state/osd_map_history.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace siphon::mon {

absl::Status OsdMapHistory::Load() {
  const absl::StatusOr<std::vector<std::string>> keys = store_->Keys(MonStore::kOsdMapFull);
  if (!keys.ok()) return keys.status();
  if (keys->empty()) return absl::OkStatus();
  uint32_t last = 0;
  if (!absl::SimpleAtoi(keys->front(), &first_epoch_) || !absl::SimpleAtoi(keys->back(), &last))
    return absl::DataLossError("monitor's store: a key of the OSD maps is no epoch");
  const absl::StatusOr<BufferList> bytes = Read(MonStore::kOsdMapFull, last);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<rados::OsdMap> map = rados::OsdMap::Decode(*bytes);
  if (!map.ok())
    return absl::DataLossError(
        absl::StrCat("monitor's store: OSD map ", last, ": ", map.status().message()));
  current_ = *std::move(map);
  current_bytes_ = *bytes;
  return absl::OkStatus();
}

absl::Status OsdMapHistory::Begin(rados::OsdMap first) {
  if (epoch() != 0) return absl::FailedPreconditionError("the history of OSD maps has begun");
  first.epoch = 1;
  rados::OsdMapIncremental change;
  change.fsid = first.fsid;
  change.epoch = 1;
  change.modified = first.modified;
  change.full_map = first.Encode(&change.full_crc);
  return Commit(std::move(change));
}

rados::OsdMapIncremental OsdMapHistory::NewChange(absl::Time now) const {
  rados::OsdMapIncremental change;
  change.fsid = current_.fsid;
  change.epoch = current_.epoch + 1;
  change.modified = now;
  return change;
}

absl::Status OsdMapHistory::Commit(rados::OsdMapIncremental change, MonStore::Batch batch) {
  rados::OsdMap next = current_;
  if (absl::Status status = next.Apply(change); !status.ok()) return status;
  const BufferList full = next.Encode(&change.full_crc);
  batch.Put(MonStore::kOsdMapFull, MonStore::EpochKey(next.epoch), full.ToString());
  batch.Put(MonStore::kOsdMapIncremental, MonStore::EpochKey(next.epoch),
            change.Encode().ToString());
  const uint32_t first_before = first_epoch_;
  if (first_epoch_ == 0) first_epoch_ = next.epoch;
  Trim(&batch, next.epoch);
  if (absl::Status status = store_->Commit(batch); !status.ok()) {
    first_epoch_ = first_before;
    return status;
  }
  current_ = std::move(next);
  current_bytes_ = full;
  return absl::OkStatus();
}

void OsdMapHistory::Trim(MonStore::Batch* batch, uint32_t newest) {
  for (; first_epoch_ + kEpochsKept <= newest; ++first_epoch_) {
    batch->Delete(MonStore::kOsdMapFull, MonStore::EpochKey(first_epoch_));
    batch->Delete(MonStore::kOsdMapIncremental, MonStore::EpochKey(first_epoch_));
  }
}

absl::StatusOr<BufferList> OsdMapHistory::Read(std::string_view prefix, uint32_t epoch) const {
  absl::StatusOr<std::optional<std::string>> value = store_->Get(prefix, MonStore::EpochKey(epoch));
  if (!value.ok()) return value.status();
  if (!*value)
    return absl::NotFoundError(absl::StrCat("there is no map for epoch ", epoch, "; kept are ",
                                            first_epoch_, " to ", current_.epoch));
  return BufferList(Buffer::FromString(*std::move(*value)));
}

absl::StatusOr<BufferList> OsdMapHistory::Full(uint32_t epoch) const {
  if (epoch == current_.epoch && epoch != 0) return current_bytes_;
  return Read(MonStore::kOsdMapFull, epoch);
}

absl::StatusOr<BufferList> OsdMapHistory::Incremental(uint32_t epoch) const {
  return Read(MonStore::kOsdMapIncremental, epoch);
}

absl::StatusOr<rados::OsdMap> OsdMapHistory::MapAt(uint32_t epoch) const {
  if (epoch == 0 || epoch == current_.epoch) return current_;
  const absl::StatusOr<BufferList> bytes = Full(epoch);
  if (!bytes.ok()) return bytes.status();
  return rados::OsdMap::Decode(*bytes);
}

}  // namespace siphon::mon
