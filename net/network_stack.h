// NetworkStack: the workers of a process (or of a simulated world). MakeNetworkStack() makes one by
// the name of its transport.
//
// Threads: Start() and Stop() from one thread; the rest from any, after Start() and before Stop().
#ifndef SIPHON_NET_NETWORK_STACK_H_
#define SIPHON_NET_NETWORK_STACK_H_

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "net/worker.h"

namespace siphon {

class NetworkStack {
 public:
  static constexpr int kMaxWorkers = 24;

  virtual ~NetworkStack() = default;

  virtual std::string_view name() const = 0;
  // Starts every worker; returns when all of them run.
  virtual absl::Status Start() = 0;
  // Ends every worker's loop and waits for the threads. Idempotent.
  virtual void Stop() = 0;

  int num_workers() const { return static_cast<int>(workers_.size()); }
  Worker* worker(int index) { return workers_[static_cast<size_t>(index)].get(); }
  // The worker with the fewest references (the first of equals), with one reference taken for the
  // caller, who gives it back with ReleaseRef().
  Worker* AcquireLeastLoaded();

  // Returns when everything that was posted to any worker before the call has run. Not from a
  // worker.
  virtual void Drain();

 protected:
  std::vector<std::unique_ptr<Worker>> workers_;

 private:
  Mutex acquire_mutex_;  // makes choosing a worker and taking the reference one step
};

}  // namespace siphon

#endif  // SIPHON_NET_NETWORK_STACK_H_
