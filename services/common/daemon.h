// Daemon: what every siphon daemon does besides its service: flags, ceph.conf, log, signals, pid
// file, the way into the background, the admin port and the exit code.
//
//   ABSL_FLAG(bool, mkfs, false, "Makes the store and ends.");
//   int main(int argc, char** argv) {
//     return siphon::Daemon::Main(argc, argv, {.program = "siphon-mon", .entity_type = "mon", ...},
//                                 [](siphon::Daemon& daemon) -> absl::Status {
//       ... create the stack, the messengers and the service from daemon.config() ...
//       daemon.AddMessenger(messenger.get());
//       absl::Status status = daemon.Run();  // until SIGTERM
//       ... shut down; objects end in the reverse order of their making ...
//       return status;
//     });
//   }
//
// Into the background: Main() forks before anything else is started, so that neither threads nor
// gRPC cross the fork. The process that was called waits until the daemon is ready or has failed,
// and leaves with its exit code: when the command returns, the daemon is up.
// Signals: SIGTERM and SIGINT end Run(); a second one ends the process at once. SIGHUP reopens the
// log. SIGPIPE is ignored. They are blocked before the body starts, so in every thread.
// Exit codes: 0 clean end, 1 failure at run time, 2 usage (flags, ceph.conf, or InvalidArgument
// from the body before it was ready).
//
// Threads: Main() and Run() belong to the main thread; all other methods to any.
#ifndef SIPHON_SERVICES_COMMON_DAEMON_H_
#define SIPHON_SERVICES_COMMON_DAEMON_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "admin/listen_address.h"
#include "base/config.h"
#include "base/flags/command_line.h"
#include "base/mutex.h"
#include "msg/messenger.h"
#include "services/common/admin_socket.h"
#include "services/common/launcher.h"
#include "services/common/log_file.h"
#include "services/common/pid_file.h"
#include "services/common/signal_loop.h"

namespace siphon {

class Daemon {
 public:
  struct Spec {
    std::string program;      // "siphon-osd"
    std::string entity_type;  // "osd": the ceph.conf section and the first half of the name
    std::string default_id;   // used without --id; empty: --id must be given
    std::string summary;      // what the program is, for --help: a few lines
    std::string examples;     // whole command lines, one a line, with a comment line above each
    std::vector<CommandLineFlag> flags;  // the program's own, beside the harness's
    // Run() reports that the daemon is ready at its start. False: the body calls ReportReady().
    bool ready_when_running = true;
  };
  using Body = std::function<absl::Status(Daemon&)>;

  // The whole program. Returns the exit code (of the daemon, or of the waiting parent).
  static int Main(int argc, char** argv, const Spec& spec, const Body& body);

  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Set from ceph.conf and the command line; the admin port changes it.
  Config& config() { return *config_; }
  const std::string& entity_type() const { return entity_type_; }
  const std::string& id() const { return id_; }
  std::string name() const { return entity_type_ + "." + id_; }  // "osd.3"

  // Shows a messenger on the admin port. Before Run(); it must live until Run() returned.
  void AddMessenger(Messenger* messenger);

  // Adds a dump of the daemon's own to the admin port; `dump` makes JSON, on any thread. Before
  // Run(), and it may be called until Run() returned.
  void AddDump(std::string name, std::function<std::string()> dump);

  // Who answers commands on Ceph's admin socket ("ceph daemon osd.0 ..."), which is opened where
  // the option admin_socket says. Before Run(), and it may be called until Run() returned.
  void SetCommands(AdminSocket::Execute execute) { commands_ = std::move(execute); }

  // Opens the admin port and waits for the end. Call it once, with no lock held. Returns when a
  // signal came or RequestStop() was called, the admin port being closed again.
  // Errors: the admin port could not be opened, or what RequestStop() was given.
  absl::Status Run();

  // The daemon serves: releases the process that waits for it, as soon as the admin port is open.
  // Idempotent.
  void ReportReady();

  // Ends Run() with `reason`; the first call counts. A failure before the daemon is ready is what
  // the waiting process reports.
  void RequestStop(absl::Status reason = absl::OkStatus());

 private:
  Daemon() = default;
  // The steps of Main() after the flags; each returns why the daemon does not start.
  absl::Status Configure(const Spec& spec, const CommandLine::Result& line);
  absl::Status Detach();
  absl::Status Settle();
  int Finish(const absl::Status& status);
  void ReopenLog();

  std::string program_;
  std::string entity_type_;
  std::string id_;
  bool ready_when_running_ = true;
  std::unique_ptr<Config> config_;
  std::string conf_path_;
  std::vector<std::string> ignored_options_;  // of ceph.conf
  std::vector<std::string> ignored_args_;     // of $CEPH_ARGS
  std::optional<ListenAddress> admin_address_;
  std::unique_ptr<Launcher> launcher_;
  std::unique_ptr<SignalLoop> signals_;
  std::unique_ptr<LogFile> log_file_;
  std::unique_ptr<PidFile> pid_file_;
  std::vector<Messenger*> messengers_;
  AdminSocket::Execute commands_;
  std::vector<std::pair<std::string, std::function<std::string()>>> dumps_;

  Mutex mutex_;
  bool admin_open_ ABSL_GUARDED_BY(mutex_) = false;
  bool ready_wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;  // and reported
  bool stop_requested_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status stop_reason_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_DAEMON_H_
