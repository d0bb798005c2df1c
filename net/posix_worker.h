// PosixWorker: a worker that is a thread, with the kernel's TCP sockets.
//
// Threads: Start(), RequestStop() and Join() belong to the stack's owner; the rest is Worker's.
#ifndef SIPHON_NET_POSIX_WORKER_H_
#define SIPHON_NET_POSIX_WORKER_H_

#include <atomic>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "event/event_center.h"
#include "msg/entity_addr.h"
#include "net/socket.h"
#include "net/worker.h"

namespace siphon {

class PosixWorker final : public Worker {
 public:
  PosixWorker(int index, std::unique_ptr<EventCenter> center);
  ~PosixWorker() override;

  absl::StatusOr<std::unique_ptr<ServerSocket>> Listen(const EntityAddr& addr,
                                                       const SocketOptions& options) override;
  absl::StatusOr<std::unique_ptr<ConnectedSocket>> Connect(const EntityAddr& addr,
                                                           const SocketOptions& options,
                                                           const EntityAddr* bind_from) override;

  // Starts the thread, named after the center, and returns when it runs. A no-op when it runs.
  // ResourceExhausted: the system gives no thread.
  absl::Status Start();
  // Makes the loop end after the round under way.
  void RequestStop();
  // Waits for the end of the thread. What was posted and has not run yet runs after the next
  // Start() or in the center's destructor.
  void Join();

 private:
  void Run(Notification* running);

  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace siphon

#endif  // SIPHON_NET_POSIX_WORKER_H_
