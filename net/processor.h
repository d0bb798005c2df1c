// Processor: a listener. Binds an address, and accepts connections on its worker until stopped.
//
// Threads: Bind(), Start() and Stop() from any thread but a worker's (they run on the worker and
// wait); the callback runs on the worker's.
#ifndef SIPHON_NET_PROCESSOR_H_
#define SIPHON_NET_PROCESSOR_H_

#include <functional>
#include <memory>
#include <set>

#include "absl/status/status.h"
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
    int retry_count = 3;                           // ms_bind_retry_count
    absl::Duration retry_delay = absl::Seconds(5);  // ms_bind_retry_delay
    int max_accept_failures = 4;  // consecutive unexpected errors after which accepting pauses
  };
  // Takes an accepted socket over. Called on this processor's worker; `worker` is the one chosen for
  // the connection (a reference is taken on it for the callee). The socket has no file event and may
  // be moved to `worker`.
  using AcceptCallback =
      std::function<void(std::unique_ptr<ConnectedSocket> socket, Worker* worker)>;

  Processor(NetworkStack* stack, Worker* worker, AcceptCallback on_accept);
  ~Processor() override;

  // Binds and listens. A port of 0 in `addr` means the range of `options`; port_max 0 means that the
  // system chooses. Waits retry_delay between tries. AlreadyExists: every port is taken after all
  // tries (the message names them).
  absl::Status Bind(const EntityAddr& addr, const BindOptions& options);
  // The address bound to, with its port; type and nonce as given to Bind().
  const EntityAddr& addr() const { return addr_; }
  // Begins to accept.
  void Start();
  // Stops accepting and closes the listening socket. Idempotent.
  void Stop();

 private:
  void OnReadable(int fd) override;
  void OnWritable(int fd) override {}
  void AcceptAll();
  // Out of descriptors or failing: stops watching for a moment, so that the loop does not spin.
  void PauseAccepting();

  NetworkStack* const stack_;
  Worker* const worker_;
  const AcceptCallback on_accept_;
  BindOptions options_;
  EntityAddr addr_;
  std::unique_ptr<ServerSocket> listener_;  // on the worker's thread after Bind()
  bool started_ = false;                    // likewise
  int consecutive_failures_ = 0;            // likewise
  TimerId resume_timer_ = 0;                // likewise
};

}  // namespace siphon

#endif  // SIPHON_NET_PROCESSOR_H_
