#include "services/common/signal_loop.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "absl/status/status.h"

namespace siphon {

absl::StatusOr<std::unique_ptr<SignalLoop>> SignalLoop::Create() {
  // nohup leaves SIGHUP ignored, and an ignored signal never comes. SIGINT stays as it is: a shell
  // ignores it for its background jobs, and means it.
  std::signal(SIGHUP, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  if (const int error = pthread_sigmask(SIG_BLOCK, &signals, nullptr); error != 0) {
    return absl::ErrnoToStatus(error, "cannot block signals");
  }
  const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd < 0) return absl::ErrnoToStatus(errno, "cannot make a signalfd");
  const int stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop_fd < 0) {
    const absl::Status status = absl::ErrnoToStatus(errno, "cannot make an eventfd");
    close(signal_fd);
    return status;
  }
  return std::unique_ptr<SignalLoop>(new SignalLoop(signal_fd, stop_fd));
}

SignalLoop::~SignalLoop() {
  close(signal_fd_);
  close(stop_fd_);
}

int SignalLoop::Run(const std::function<void()>& on_hangup) {
  int ended_by = -1;
  while (ended_by < 0) {
    pollfd fds[] = {{signal_fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
    // Nothing but EINTR can be wrong with these two.
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents != 0) ended_by = 0;
    signalfd_siginfo info;
    // To its end: a signal sent twice in a row is one request, not impatience.
    while (read(signal_fd_, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
      const int signal = static_cast<int>(info.ssi_signo);
      if (signal != SIGHUP) {
        ended_by = signal;
      } else if (on_hangup) {
        on_hangup();
      }
    }
  }
  sigset_t fatal;
  sigemptyset(&fatal);
  for (const int signal : {SIGTERM, SIGINT}) {
    sigaddset(&fatal, signal);
    std::signal(signal, SIG_DFL);
  }
  pthread_sigmask(SIG_UNBLOCK, &fatal, nullptr);
  return ended_by;
}

void SignalLoop::Stop() {
  const uint64_t one = 1;
  // A full counter means that it was stopped already.
  [[maybe_unused]] const ssize_t n = write(stop_fd_, &one, sizeof(one));
}

}  // namespace siphon
