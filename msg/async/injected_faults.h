// InjectedFaults: the peers that a messenger is cut off from, or does not read from, by order
// (msg/fault_injection.h).
//
// Threads: any. Asking costs one relaxed load while there are none.
#ifndef SIPHON_MSG_ASYNC_INJECTED_FAULTS_H_
#define SIPHON_MSG_ASYNC_INJECTED_FAULTS_H_

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "msg/entity_addr.h"
#include "msg/fault_injection.h"

namespace siphon {

class InjectedFaults {
 public:
  // Carries `kind` out for `peer`; nullopt is every peer (kHeal and kResumeReading only).
  void Apply(FaultInjection::Kind kind, const std::optional<EntityAddr>& peer);

  bool IsPartitioned(const EntityAddr& peer) const;
  bool IsReadingPaused(const EntityAddr& peer) const;
  // "partition v1:127.0.0.1:6801/4711", ...
  std::vector<std::string> List() const;

 private:
  using Peers = std::vector<EntityAddr>;

  bool any() const { return any_.load(std::memory_order_relaxed); }

  std::atomic<bool> any_{false};
  mutable Mutex mutex_;
  Peers partitioned_ ABSL_GUARDED_BY(mutex_);
  Peers paused_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_INJECTED_FAULTS_H_
