// Processor: a listener. Binds an address, and accepts connections on its worker until stopped.
//
// Threads: Bind(), Start() and Stop() from any thread but another worker's (they run on this worker
// and wait, so the stack must be running); Bind() and Start() from one thread at a time, Stop()
// also while Bind() waits. The callback runs on the worker's thread. The destructor stops, and
// needs the running stack only when Stop() was not called.
#ifndef SIPHON_NET_PROCESSOR_H_
#define SIPHON_NET_PROCESSOR_H_

#include <functional>
#include <memory>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "event/event_center.h"
#include "msg/entity_addr.h"
#include "net/network_stack.h"
#include "net/socket.h"
#include "net/worker.h"

namespace siphon {

class Processor : private FileEventHandler {
 public:
  struct BindOptions {
    SocketOptions socket;
    int port_min = 6800;  // ms_bind_port_min: tried from here when the address has no port
    int port_max = 7300;  // ms_bind_port_max, inclusive
    std::set<int> avoid_ports;
    int retry_count = 3;                            // ms_bind_retry_count
    absl::Duration retry_delay = absl::Seconds(5);  // ms_bind_retry_delay
    int max_accept_failures = 4;  // consecutive unexpected errors after which accepting pauses
  };
  // Takes an accepted socket over. Called on this processor's worker; `worker` is the one chosen
  // for the connection (a reference is taken on it for the callee). The socket has no file event
  // and may be moved to `worker`.
  using AcceptCallback =
      std::function<void(std::unique_ptr<ConnectedSocket> socket, Worker* worker)>;

  Processor(NetworkStack* stack, Worker* worker, AcceptCallback on_accept);
  ~Processor() override;

  // Binds and listens. A port of 0 in `addr` means the range of `options`; port_max 0 means that
  // the system chooses (an avoided port is not taken then either). Makes retry_count tries,
  // retry_delay apart. AlreadyExists: every port is taken after all tries (the message names them).
  // Cancelled: stopped meanwhile. FailedPrecondition: bound already. InvalidArgument,
  // PermissionDenied, Unavailable: as Worker::Listen. May be called again after Stop().
  absl::Status Bind(const EntityAddr& addr, const BindOptions& options);
  // The address bound to, with its port; type and nonce as given to Bind().
  const EntityAddr& addr() const { return addr_; }
  // Begins to accept.
  void Start();
  // Stops accepting and closes the listening socket. Idempotent.
  void Stop();

 private:
  void OnReadable(int fd) override;
  void OnWritable(int /*fd*/) override {}

  // These run on the worker's thread.
  absl::Status TryBind(const EntityAddr& addr);
  absl::Status BindInRange(EntityAddr addr);
  absl::Status BindWhereTheSystemChooses(EntityAddr addr);
  void Watch();
  void AcceptAll();
  // What to do about `error` of an accept. False: no more accepting in this round.
  bool GoOnAfter(int error);
  // Out of descriptors or failing: stops watching for a moment, so that the loop does not spin.
  void PauseAccepting();
  void Close();

  // Waits until the next try is due. False when Stop() came first.
  bool WaitForRetry() ABSL_LOCKS_EXCLUDED(mutex_);

  NetworkStack* const stack_;
  Worker* const worker_;
  const AcceptCallback on_accept_;
  BindOptions options_;
  EntityAddr addr_;

  // On the worker's thread.
  std::unique_ptr<ServerSocket> listener_;
  bool started_ = false;
  bool told_out_of_descriptors_ = false;  // logged once until an accept succeeds
  int consecutive_failures_ = 0;
  TimerId resume_timer_ = 0;

  Mutex mutex_;
  CondVar stop_requested_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool bound_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace siphon

#endif  // SIPHON_NET_PROCESSOR_H_
