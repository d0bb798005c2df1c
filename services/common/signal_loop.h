// SignalLoop: the signals of a daemon, read from a descriptor instead of handled.
//
// Nothing runs in signal handlers. Create() blocks SIGTERM, SIGINT and SIGHUP in the calling
// thread, and so in every thread that is started later, and ignores SIGPIPE.
//
// Threads: Create() and Run() on the main thread; Stop() from any.
#ifndef SIPHON_SERVICES_COMMON_SIGNAL_LOOP_H_
#define SIPHON_SERVICES_COMMON_SIGNAL_LOOP_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"

namespace siphon {

class SignalLoop {
 public:
  // Internal: the system refused a descriptor.
  static absl::StatusOr<std::unique_ptr<SignalLoop>> Create();
  ~SignalLoop();
  SignalLoop(const SignalLoop&) = delete;
  SignalLoop& operator=(const SignalLoop&) = delete;

  // Waits for SIGTERM, SIGINT or Stop(), and calls `on_hangup` for each SIGHUP meanwhile. Returns
  // the signal, or 0 for Stop(). From then on SIGTERM and SIGINT end the process at once, for a
  // shutdown that hangs.
  int Run(const std::function<void()>& on_hangup);

  // Ends Run(), also one that is yet to come. Idempotent.
  void Stop();

 private:
  SignalLoop(int signal_fd, int stop_fd) : signal_fd_(signal_fd), stop_fd_(stop_fd) {}

  const int signal_fd_;  // signalfd
  const int stop_fd_;    // eventfd
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_SIGNAL_LOOP_H_
