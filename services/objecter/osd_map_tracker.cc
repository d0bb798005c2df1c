#include "services/objecter/osd_map_tracker.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/rados/osd_map_incremental.h"

namespace siphon::client {
namespace {

absl::Status Gap(uint32_t have, uint32_t last) {
  return absl::FailedPreconditionError(
      absl::StrCat("OSD maps up to epoch ", last, " do not follow epoch ", have));
}

}  // namespace

absl::Status OsdMapTracker::ApplyTo(const rados::MOsdMap& message, rados::OsdMap& map) const {
  const uint32_t last = message.last_epoch();
  while (map.epoch < last) {
    const auto incremental = message.incrementals.find(map.epoch + 1);
    if (incremental == message.incrementals.end()) {
      const auto full =
          message.full_maps.empty() ? message.full_maps.end() : std::prev(message.full_maps.end());
      if (full == message.full_maps.end() || full->first <= map.epoch) return Gap(map.epoch, last);
      absl::StatusOr<rados::OsdMap> decoded = rados::OsdMap::Decode(full->second);
      if (!decoded.ok()) return decoded.status();
      if (decoded->epoch <= map.epoch) return Gap(map.epoch, last);
      map = *std::move(decoded);
      continue;
    }
    absl::StatusOr<rados::OsdMapIncremental> decoded =
        rados::OsdMapIncremental::Decode(incremental->second);
    if (!decoded.ok()) return decoded.status();
    if (absl::Status applied = map.Apply(*decoded); !applied.ok()) return applied;
  }
  return absl::OkStatus();
}

OsdMapTracker::Outcome OsdMapTracker::Update(const rados::MOsdMap& message) {
  Outcome outcome;
  if (message.last_epoch() <= epoch()) return outcome;
  if (map_ && message.fsid != map_->fsid) {
    outcome.error = absl::InvalidArgumentError(
        absl::StrCat("OSD maps of another cluster, ", message.fsid.ToString(), ", are ignored"));
    return outcome;
  }
  auto next = map_ ? std::make_shared<rados::OsdMap>(*map_) : std::make_shared<rados::OsdMap>();
  outcome.error = ApplyTo(message, *next);
  outcome.needs_full = !outcome.error.ok();
  // What came before the error is good: each map was checked before it replaced the one before it.
  if (next->epoch > epoch()) {
    map_ = std::move(next);
    outcome.changed = true;
  }
  return outcome;
}

}  // namespace siphon::client
