#include "services/common/daemon.h"

#include <glog/logging.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/admin_server.h"
#include "admin/admin_service.h"
#include "admin/listen_address.h"
#include "base/flags/version.h"
#include "services/common/ceph_args.h"
#include "services/common/config_flags.h"
#include "services/common/daemon_flags.h"

namespace siphon {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

constexpr char kFooter[] =
    "Options of ceph.conf apply from [global], [TYPE] and [TYPE.ID]; the command line comes "
    "before\n"
    "the file, and what the admin port sets before both. `siphonctl --admin ADDRESS option list`\n"
    "shows every option of a running daemon with its value and meaning.\n"
    "\n"
    "Environment: CEPH_CONF and CEPH_KEYRING stand for --conf and --keyring, and the flags of\n"
    "CEPH_ARGS before those of the command line.\n"
    "Signals: SIGTERM and SIGINT end the daemon cleanly, SIGHUP reopens its log.\n"
    "Exit codes: 0 clean end, 1 failure, 2 wrong flags or ceph.conf.\n";

CommandLineSpec LineSpec(const Daemon::Spec& spec) {
  CommandLineSpec line;
  line.program = spec.program;
  line.usage = {"[FLAGS]"};
  line.summary = spec.summary;
  line.examples = spec.examples;
  line.flags = ConfigFlags();
  for (const auto& more : {DaemonFlags(), spec.flags}) {
    line.flags.insert(line.flags.end(), more.begin(), more.end());
  }
  line.config_options = true;
  line.footer = kFooter;
  return line;
}

int UsageError(const std::string& program, const absl::Status& status) {
  std::fprintf(stderr, "%s: %s\nTry '%s --help'.\n", program.c_str(),
               std::string(status.message()).c_str(), program.c_str());
  return kExitUsage;
}

}  // namespace

int Daemon::Main(int argc, char** argv, const Spec& spec, const Body& body) {
  const CommandLine line(LineSpec(spec));
  const auto result = ParseWithCephArgs(line, std::vector<std::string>(argv + 1, argv + argc));
  if (!result.ok()) return UsageError(spec.program, result.status());
  if (result->help || result->version) {
    std::fputs((result->help ? line.Help() : line.Version()).c_str(), stdout);
    return kExitOk;
  }
  Daemon daemon;
  if (absl::Status status = daemon.Configure(spec, *result); !status.ok()) {
    return UsageError(spec.program, status);
  }
  absl::Status status = daemon.Detach();
  if (status.ok()) status = daemon.Settle();
  if (status.ok()) status = body(daemon);
  return daemon.Finish(status);
}

// What can be wrong with the call is found here, before the fork.
absl::Status Daemon::Configure(const Spec& spec, const CommandLine::Result& line) {
  program_ = spec.program;
  entity_type_ = spec.entity_type;
  ready_when_running_ = spec.ready_when_running;
  if (!line.positional.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", line.positional[0], "\" is no flag; this program takes flags only"));
  }
  absl::StatusOr<ProcessConfig> loaded =
      LoadProcessConfig(spec.entity_type, spec.default_id, line.options);
  if (!loaded.ok()) return loaded.status();
  id_ = loaded->id;
  config_ = std::move(loaded->config);
  conf_path_ = loaded->conf_path;
  ignored_options_ = std::move(loaded->ignored);
  ignored_args_ = line.ignored;
  absl::StatusOr<std::optional<ListenAddress>> admin = AdminAddress(*config_, name());
  if (!admin.ok()) return admin.status();
  admin_address_ = *std::move(admin);
  if (!ForegroundRequested() && config_->GetString("log_file").empty()) {
    return absl::InvalidArgumentError(
        "--log-file: is missing, and in the background there is no terminal to log to; give it, "
        "set "
        "log_file in ceph.conf, or stay here with --foreground");
  }
  return absl::OkStatus();
}

absl::Status Daemon::Detach() {
  if (ForegroundRequested()) {
    launcher_ = Launcher::Foreground();
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<Launcher>> launcher = Launcher::Background(program_);
  if (!launcher.ok()) return launcher.status();
  launcher_ = *std::move(launcher);
  return absl::OkStatus();
}

// Signals, log and pid file, in the process that stays.
absl::Status Daemon::Settle() {
  absl::StatusOr<std::unique_ptr<SignalLoop>> signals = SignalLoop::Create();
  if (!signals.ok()) return signals.status();
  signals_ = *std::move(signals);
  LogFile::InitLogging(program_, Verbosity());
  if (const std::string path = config_->GetString("log_file"); !path.empty()) {
    absl::StatusOr<std::unique_ptr<LogFile>> log = LogFile::Open(path);
    if (!log.ok()) return log.status();
    log_file_ = *std::move(log);
  }
  if (const std::string path = config_->GetString("pid_file"); !path.empty()) {
    absl::StatusOr<std::unique_ptr<PidFile>> pid_file = PidFile::Create(path);
    if (!pid_file.ok()) return pid_file.status();
    pid_file_ = *std::move(pid_file);
  }
  LOG(INFO) << name() << ": " << program_ << " " << kSiphonVersion << ", process " << getpid()
            << ", " << (conf_path_.empty() ? "no ceph.conf" : conf_path_);
  if (!ignored_options_.empty()) {
    VLOG(1) << conf_path_ << ": options of others: " << absl::StrJoin(ignored_options_, " ");
  }
  if (!ignored_args_.empty()) {
    VLOG(1) << "CEPH_ARGS: flags of others: " << absl::StrJoin(ignored_args_, " ");
  }
  return absl::OkStatus();
}

int Daemon::Finish(const absl::Status& status) {
  int code = kExitOk;
  if (!status.ok()) {
    bool was_ready;
    {
      MutexLock lock(mutex_);
      was_ready = ready_;
    }
    const bool usage = !was_ready && absl::IsInvalidArgument(status);
    code = usage ? kExitUsage : kExitFailure;
    const std::string text = absl::StrCat(program_, ": ", status.message());
    if (log_file_ != nullptr) LOG(ERROR) << name() << ": ends: " << status;
    if (launcher_ == nullptr) {
      std::fprintf(stderr, "%s\n", text.c_str());
    } else {
      launcher_->Complain(text);
    }
  } else if (signals_ != nullptr) {
    LOG(INFO) << name() << ": ends";
  }
  return code;
}

void Daemon::AddMessenger(Messenger* messenger) { messengers_.push_back(messenger); }

void Daemon::AddDump(std::string name, std::function<std::string()> dump) {
  dumps_.emplace_back(std::move(name), std::move(dump));
}

absl::Status Daemon::Run() {
  AdminService service({name(), program_, kSiphonVersion}, config_.get());
  for (Messenger* messenger : messengers_) service.AddMessenger(messenger);
  for (const auto& [name, dump] : dumps_) service.AddDump(name, dump);
  std::unique_ptr<AdminServer> server;
  if (admin_address_) {
    auto started = AdminServer::Start(*admin_address_, &service);
    if (!started.ok()) return started.status();
    server = *std::move(started);
    LOG(INFO) << name() << ": admin port at " << server->address();
  } else {
    LOG(INFO) << name() << ": no admin port (see --admin-listen)";
  }
  std::unique_ptr<AdminSocket> socket;
  const std::string socket_path = config_->GetString("admin_socket");
  if (commands_ && !socket_path.empty() && socket_path != "none") {
    auto opened = AdminSocket::Open(socket_path, commands_);
    if (!opened.ok()) return opened.status();
    socket = *std::move(opened);
  }
  bool ready_wanted;
  {
    MutexLock lock(mutex_);
    admin_open_ = true;
    ready_wanted = ready_wanted_;
  }
  if (ready_wanted || ready_when_running_) ReportReady();
  const int signal = signals_->Run([this] { ReopenLog(); });
  if (signal != 0) LOG(INFO) << name() << ": signal " << signal << ", stopping";
  socket.reset();
  server.reset();
  MutexLock lock(mutex_);
  // Whoever waits for the daemon must not take this end for a start.
  if (signal != 0 && !ready_ && launcher_->in_background()) {
    return absl::CancelledError(absl::StrCat("stopped by signal ", signal, " before it was ready"));
  }
  return stop_reason_;
}

void Daemon::ReopenLog() {
  if (log_file_ == nullptr) return;
  if (absl::Status status = log_file_->Reopen(); !status.ok()) {
    LOG(ERROR) << name() << ": goes on in the old log: " << status.message();
  } else {
    LOG(INFO) << name() << ": log reopened";
  }
}

void Daemon::ReportReady() {
  {
    MutexLock lock(mutex_);
    ready_wanted_ = true;
    if (!admin_open_ || ready_) return;
    ready_ = true;
  }
  LOG(INFO) << name() << ": ready";
  launcher_->ReportReady();
}

void Daemon::RequestStop(absl::Status reason) {
  {
    MutexLock lock(mutex_);
    if (stop_requested_) return;
    stop_requested_ = true;
    stop_reason_ = std::move(reason);
  }
  signals_->Stop();
}

}  // namespace siphon
