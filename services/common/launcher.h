// Launcher: takes a daemon into the background, while the process that was called waits for it.
//
// Launch() forks. The parent waits on a pipe until the child says that it is ready or ends, and
// leaves with 0 or with the child's exit code. The child is in a session of its own; its standard
// streams stay those of the caller until it is ready, so that its complaints are seen, and are
// /dev/null afterwards (standard error is left to the log). If the caller is killed meanwhile, the
// child gets a SIGTERM.
//
// Threads: Launch() before any thread is started; ReportReady() from any.
#ifndef SIPHON_SERVICES_COMMON_LAUNCHER_H_
#define SIPHON_SERVICES_COMMON_LAUNCHER_H_

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"

namespace siphon {

class Launcher {
 public:
  // Stays in the foreground: no fork, ReportReady() does nothing.
  static std::unique_ptr<Launcher> Foreground();
  // Forks; returns in the child only. The parent ends with _exit(). `program` is for its messages.
  // Internal: the system refused a pipe or a process.
  static absl::StatusOr<std::unique_ptr<Launcher>> Background(const std::string& program);

  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  bool in_background() const { return in_background_; }

  // Releases the parent with exit code 0, and lets go of the terminal. Idempotent.
  void ReportReady();

  // Writes a line for people to the caller's standard error, which may differ from the log's.
  // Nothing once a background daemon is ready.
  void Complain(const std::string& line);

 private:
  Launcher(bool in_background, int ready_fd, int terminal_fd)
      : in_background_(in_background), ready_fd_(ready_fd), terminal_fd_(terminal_fd) {}

  const bool in_background_;
  Mutex mutex_;
  int ready_fd_ ABSL_GUARDED_BY(mutex_);     // -1: none, or reported
  int terminal_fd_ ABSL_GUARDED_BY(mutex_);  // a copy of the caller's standard error; -1: none
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_LAUNCHER_H_
