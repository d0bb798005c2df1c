#include "services/osd/map_keeper.h"

#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/rados/osd_map_incremental.h"

namespace siphon::osd {

using rados::MOsdMap;
using rados::OsdMap;
using rados::OsdMapIncremental;

absl::Status MapKeeper::Update(const MOsdMap& message) {
  std::set<uint32_t> epochs;
  for (const auto& [epoch, bytes] : message.full_maps) epochs.insert(epoch);
  for (const auto& [epoch, bytes] : message.incrementals) epochs.insert(epoch);
  for (const uint32_t e : epochs) {
    if (e <= epoch()) continue;
    const auto incremental = message.incrementals.find(e);
    const auto full = message.full_maps.find(e);
    absl::Status status;
    if (incremental != message.incrementals.end() && e == epoch() + 1 && epoch() != 0) {
      status = TakeIncremental(e, incremental->second);
      if (!status.ok() && full != message.full_maps.end()) status = UpdateWhole(full->second);
    } else if (full != message.full_maps.end()) {
      status = UpdateWhole(full->second);
    } else {
      status = absl::FailedPreconditionError(
          absl::StrCat("the change to map ", e, " does not follow map ", epoch()));
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status MapKeeper::UpdateWhole(const BufferList& bytes) {
  absl::StatusOr<OsdMap> map = OsdMap::Decode(bytes);
  if (!map.ok()) return map.status();
  if (map->epoch > epoch()) Publish(std::make_shared<const OsdMap>(*std::move(map)));
  return absl::OkStatus();
}

absl::Status MapKeeper::TakeIncremental(uint32_t epoch, const BufferList& bytes) {
  const absl::StatusOr<OsdMapIncremental> incremental = OsdMapIncremental::Decode(bytes);
  if (!incremental.ok()) return incremental.status();
  auto next = std::make_shared<OsdMap>(*current());
  const absl::Status status = next->Apply(*incremental);
  if (!status.ok()) return status;
  Publish(std::move(next));
  MutexLock lock(mutex_);
  incrementals_[epoch] = bytes;
  if (incrementals_.size() > kMaxKept) incrementals_.erase(incrementals_.begin());
  return absl::OkStatus();
}

void MapKeeper::Publish(std::shared_ptr<const OsdMap> map) {
  const uint32_t epoch = map->epoch;
  {
    MutexLock lock(mutex_);
    current_.swap(map);
  }
  epoch_.store(epoch, std::memory_order_release);
}

std::unique_ptr<MOsdMap> MapKeeper::MakeUpdate(uint32_t since) const {
  auto message = std::make_unique<MOsdMap>();
  std::shared_ptr<const OsdMap> map;
  {
    MutexLock lock(mutex_);
    if (current_ == nullptr) return nullptr;
    map = current_;
    for (uint32_t e = map->epoch; e > since; --e) {
      const auto it = incrementals_.find(e);
      if (it == incrementals_.end()) {
        message->incrementals.clear();
        break;
      }
      message->incrementals.insert(*it);
    }
  }
  if (message->incrementals.empty()) message->full_maps[map->epoch] = map->Encode();
  message->fsid = map->fsid;
  message->newest_map = map->epoch;
  message->oldest_map =
      message->incrementals.empty() ? map->epoch : message->incrementals.begin()->first;
  return message;
}

}  // namespace siphon::osd
