// Worker: one EventCenter, the sockets made on it, and (in a threaded stack) the thread that runs
// it.
//
// Threads: Listen() and Connect() belong to the center's thread. References, load and counters may
// be used from any thread.
#ifndef SIPHON_NET_WORKER_H_
#define SIPHON_NET_WORKER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/event_center.h"
#include "msg/entity_addr.h"
#include "net/socket.h"

namespace siphon {

// What a worker has done since it started. Written by the worker's thread with relaxed stores, read
// by any.
struct WorkerCounters {
  std::atomic<uint64_t> recv_messages{0};
  std::atomic<uint64_t> send_messages{0};
  std::atomic<uint64_t> recv_bytes{0};  // on the wire
  std::atomic<uint64_t> send_bytes{0};
  std::atomic<uint64_t> created_connections{0};
  std::atomic<int64_t> active_connections{0};
  std::atomic<uint64_t> running_nanos{0};  // outside the wait
  std::atomic<uint64_t> running_fast_dispatch_nanos{0};
};

class Worker {
 public:
  Worker(int index, std::unique_ptr<EventCenter> center)
      : index_(index), center_(std::move(center)) {}
  virtual ~Worker() = default;

  // Starts listening on `addr` (port 0: the system chooses). AlreadyExists: the address is in use.
  // PermissionDenied, Unavailable: as the system says.
  virtual absl::StatusOr<std::unique_ptr<ServerSocket>> Listen(const EntityAddr& addr,
                                                               const SocketOptions& options) = 0;
  // Begins a connection; poll ConnectProgress() when the socket becomes writable. An error here is
  // one the system knows at once. `bind_from` (optional) fixes the source address.
  virtual absl::StatusOr<std::unique_ptr<ConnectedSocket>> Connect(const EntityAddr& addr,
                                                                   const SocketOptions& options,
                                                                   const EntityAddr* bind_from) = 0;

  int index() const { return index_; }
  EventCenter* center() { return center_.get(); }
  WorkerCounters& counters() { return counters_; }

  // Load: how many connections hold this worker.
  void AddRef() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void ReleaseRef() { refs_.fetch_sub(1, std::memory_order_relaxed); }
  int refs() const { return refs_.load(std::memory_order_relaxed); }

 private:
  const int index_;
  const std::unique_ptr<EventCenter> center_;
  WorkerCounters counters_;
  std::atomic<int> refs_{0};
};

}  // namespace siphon

#endif  // SIPHON_NET_WORKER_H_
