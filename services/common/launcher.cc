#include "services/common/launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace siphon {
namespace {

constexpr int kRuntimeFailure = 1;

void WriteAll(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // nobody reads it: there is nobody to tell either
    done += static_cast<size_t>(n);
  }
}

int CopyOfStderr() { return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); }

// Exit code of a child that ended before it was ready.
int Reap(pid_t child, const std::string& program) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return kRuntimeFailure;
  }
  if (WIFSIGNALED(status)) {
    WriteAll(STDERR_FILENO, absl::StrCat(program, ": process ", child, " was ended by signal ",
                                         WTERMSIG(status), " (", strsignal(WTERMSIG(status)),
                                         ") before it was ready; its log may say why\n"));
    return kRuntimeFailure;
  }
  // A clean end without a word of readiness: it was told to stop meanwhile.
  return WEXITSTATUS(status);
}

// The parent: waits for the byte that says "ready", hands on signals, and gives the exit code.
int AwaitChild(pid_t child, int ready_fd, const std::string& program) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  for (;;) {
    pollfd fds[] = {{ready_fd, POLLIN, 0}, {signal_fd, POLLIN, 0}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR) return kRuntimeFailure;
    signalfd_siginfo info;
    if (read(signal_fd, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
      kill(child, SIGTERM);
    }
    if (fds[0].revents == 0) continue;
    char byte;
    const ssize_t n = read(ready_fd, &byte, 1);
    if (n == 1) return 0;
    if (n == 0) return Reap(child, program);
    if (errno != EINTR && errno != EAGAIN) return kRuntimeFailure;
  }
}

}  // namespace

std::unique_ptr<Launcher> Launcher::Foreground() {
  return std::unique_ptr<Launcher>(new Launcher(false, -1, CopyOfStderr()));
}

absl::StatusOr<std::unique_ptr<Launcher>> Launcher::Background(const std::string& program) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  // What is buffered would be written twice.
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) {
    const absl::Status status = absl::ErrnoToStatus(errno, "cannot fork into the background");
    close(ends[0]);
    close(ends[1]);
    return status;
  }
  if (child > 0) {
    close(ends[1]);
    _exit(AwaitChild(child, ends[0], program));
  }
  close(ends[0]);
  setsid();
  return std::unique_ptr<Launcher>(new Launcher(true, ends[1], CopyOfStderr()));
}

Launcher::~Launcher() {
  MutexLock lock(mutex_);
  if (ready_fd_ >= 0) close(ready_fd_);
  if (terminal_fd_ >= 0) close(terminal_fd_);
}

void Launcher::ReportReady() {
  MutexLock lock(mutex_);
  if (ready_fd_ < 0) return;
  const int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null_fd >= 0) {
    dup2(null_fd, STDIN_FILENO);
    dup2(null_fd, STDOUT_FILENO);
    close(null_fd);
  }
  close(terminal_fd_);
  terminal_fd_ = -1;
  // The caller may be gone; then nobody waits.
  WriteAll(ready_fd_, "+");
  close(ready_fd_);
  ready_fd_ = -1;
}

void Launcher::Complain(const std::string& line) {
  MutexLock lock(mutex_);
  if (terminal_fd_ >= 0) WriteAll(terminal_fd_, line + "\n");
}

}  // namespace siphon
