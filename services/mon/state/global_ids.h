// GlobalIds: numbers of clients, which no other ever had: they are reserved in the store by the
// thousand, so a restart skips some but repeats none.
//
// Threads: any.
#ifndef SIPHON_SERVICES_MON_STATE_GLOBAL_IDS_H_
#define SIPHON_SERVICES_MON_STATE_GLOBAL_IDS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "services/mon/state/mon_store.h"

namespace siphon::mon {

class GlobalIds {
 public:
  // `store` is borrowed.
  explicit GlobalIds(MonStore* store) : store_(store) {}

  absl::Status Load();
  // Fails when the store does.
  absl::StatusOr<uint64_t> Next();
  // Some client has it, or had it.
  bool WasGiven(uint64_t id);

 private:
  static constexpr uint64_t kReserve = 1000;

  MonStore* const store_;
  Mutex mutex_;
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 4096;      // given to a client
  uint64_t reserved_ ABSL_GUARDED_BY(mutex_) = 4096;  // as the store knows it
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_GLOBAL_IDS_H_
