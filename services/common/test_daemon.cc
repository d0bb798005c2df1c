// A daemon without a service, for daemon_test.cc: --behave says what becomes of it.
#include <csignal>
#include <string>

#include "absl/flags/flag.h"
#include "services/common/daemon.h"

ABSL_FLAG(std::string, behave, "run",
          "run, fail (before it is ready), misuse (InvalidArgument), finish (at once), crash, "
          "abort, hang "
          "(never ready), or break (after it is ready).");

namespace siphon {
namespace {

absl::Status Body(Daemon& daemon) {
  const std::string behave = absl::GetFlag(FLAGS_behave);
  if (behave == "fail") return absl::UnavailableError("the monitor is on holiday");
  if (behave == "misuse") return absl::InvalidArgumentError("fsid: is missing");
  if (behave == "finish") return absl::OkStatus();
  if (behave == "crash") std::raise(SIGKILL);
  if (behave == "abort") std::raise(SIGABRT);
  if (behave == "break") {
    daemon.ReportReady();
    daemon.RequestStop(absl::InternalError("the disk broke"));
  }
  if (behave != "hang") daemon.ReportReady();
  return daemon.Run();
}

}  // namespace
}  // namespace siphon

int main(int argc, char** argv) {
  siphon::Daemon::Spec spec;
  spec.program = "test_daemon";
  spec.entity_type = "osd";
  spec.summary = "A daemon to test the harness with.";
  spec.examples = "# In the foreground\ntest_daemon -i 0 -f";
  spec.flags = {{"behave", "HOW"}};
  spec.ready_when_running = false;
  return siphon::Daemon::Main(argc, argv, spec, siphon::Body);
}
