// OsdMapHistory: the OSD map of now, and those before it, kept in the store.
//
// Each change is one epoch and one durable batch: the incremental and the full map. The last few
// hundred epochs are kept, so that those who were away catch up by incrementals.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_STATE_OSD_MAP_HISTORY_H_
#define SIPHON_SERVICES_MON_STATE_OSD_MAP_HISTORY_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "services/mon/state/mon_store.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_map_incremental.h"

namespace siphon::mon {

class OsdMapHistory {
 public:
  static constexpr uint32_t kEpochsKept = 500;

  // `store` is borrowed.
  explicit OsdMapHistory(MonStore* store) : store_(store) {}

  // Reads what the store has; nothing is fine (epoch 0). DataLoss: a map that does not decode.
  absl::Status Load();

  // The newest map; of epoch 0 before the first one.
  const rados::OsdMap& current() const { return current_; }
  uint32_t first_epoch() const { return first_epoch_; }
  uint32_t epoch() const { return current_.epoch; }

  // Starts the history with epoch 1.
  absl::Status Begin(rados::OsdMap first);
  // An empty change to the next epoch, for Commit().
  rados::OsdMapIncremental NewChange(absl::Time now) const;
  // Makes the next epoch. What else is to be stored with it is in `batch`. On an error nothing
  // changed: InvalidArgument for a change that cannot be, or the store's.
  absl::Status Commit(rados::OsdMapIncremental change, MonStore::Batch batch = {});

  // The encoded map, or the change that led to it. NotFound: not kept, or not yet made.
  absl::StatusOr<BufferList> Full(uint32_t epoch) const;
  absl::StatusOr<BufferList> Incremental(uint32_t epoch) const;
  // The decoded map of an epoch; 0 is the newest.
  absl::StatusOr<rados::OsdMap> MapAt(uint32_t epoch) const;

 private:
  absl::StatusOr<BufferList> Read(std::string_view prefix, uint32_t epoch) const;
  void Trim(MonStore::Batch* batch, uint32_t newest);

  MonStore* const store_;
  rados::OsdMap current_;
  BufferList current_bytes_;
  uint32_t first_epoch_ = 0;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_OSD_MAP_HISTORY_H_
