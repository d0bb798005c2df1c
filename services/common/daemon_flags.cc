#include "services/common/daemon_flags.h"

#include <unistd.h>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(bool, foreground, false,
          "Stays in the foreground, and logs to the terminal unless there is a log file.");
ABSL_FLAG(
    std::string, admin_listen, "",
    "Where the admin port (gRPC, for siphonctl) is: unix:PATH, 127.0.0.1:PORT, or none. "
    "Without it: the option admin_socket, or NAME.admin.sock in run_dir if that folder exists.");
ABSL_FLAG(int, verbose, 0, "How much to log beside the ordinary: 0 to 9.");

namespace siphon {

std::vector<CommandLineFlag> DaemonFlags() {
  return {{"foreground", "", 'f'},
          {"log_file", "FILE"},
          {"pid_file", "FILE"},
          {"admin_listen", "ADDRESS"},
          {"verbose", "N"}};
}

bool ForegroundRequested() { return absl::GetFlag(FLAGS_foreground); }

int Verbosity() { return absl::GetFlag(FLAGS_verbose); }

absl::StatusOr<std::optional<ListenAddress>> AdminAddress(const Config& config,
                                                          const std::string& name) {
  std::string text = absl::GetFlag(FLAGS_admin_listen);
  std::string flag = "--admin-listen";
  if (text == "none") return std::nullopt;
  if (text.empty()) {
    const std::string path = config.GetString("admin_socket");
    const std::string folder = config.GetString("run_dir");
    flag = path.empty() ? "run_dir" : "admin_socket";
    if (path == "none") return std::nullopt;
    if (path.empty() && access(folder.c_str(), W_OK | X_OK) != 0) return std::nullopt;
    text =
        absl::StrCat("unix:", path.empty() ? absl::StrCat(folder, "/", name, ".admin.sock") : path);
  }
  absl::StatusOr<ListenAddress> address = ListenAddress::Parse(text);
  if (!address.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(flag, ": ", address.status().message()));
  }
  return std::optional<ListenAddress>(*std::move(address));
}

}  // namespace siphon
