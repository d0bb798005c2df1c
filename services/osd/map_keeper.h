// MapKeeper: the OSD's current map, and the last few as they came, to hand on to peers that are
// behind.
//
// Threads: any. Update() from one thread at a time.
#ifndef SIPHON_SERVICES_OSD_MAP_KEEPER_H_
#define SIPHON_SERVICES_OSD_MAP_KEEPER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/mutex.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/osd_map.h"

namespace siphon::osd {

class MapKeeper {
 public:
  // As many changes are kept for peers; one that is farther behind gets a whole map.
  static constexpr size_t kMaxKept = 100;

  // Takes what is newer than the current map. FailedPrecondition: a map in between is missing.
  // InvalidArgument, DataLoss: one does not decode. What came before the error is taken.
  absl::Status Update(const rados::MOsdMap& message);
  // Takes one whole map, if it is newer than the current one.
  absl::Status UpdateWhole(const BufferList& bytes);

  // Null before the first.
  std::shared_ptr<const rados::OsdMap> current() const {
    MutexLock lock(mutex_);
    return current_;
  }
  // 0 before the first.
  uint32_t epoch() const { return epoch_.load(std::memory_order_acquire); }

  // The message that brings a peer from epoch `since` to the current one. Null before the first
  // map.
  std::unique_ptr<rados::MOsdMap> MakeUpdate(uint32_t since) const;

 private:
  absl::Status TakeIncremental(uint32_t epoch, const BufferList& bytes);
  void Publish(std::shared_ptr<const rados::OsdMap> map);

  mutable Mutex mutex_;
  std::shared_ptr<const rados::OsdMap> current_ ABSL_GUARDED_BY(mutex_);
  std::map<uint32_t, BufferList> incrementals_ ABSL_GUARDED_BY(mutex_);  // each leads to its epoch
  std::atomic<uint32_t> epoch_{0};
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_MAP_KEEPER_H_
