#include "services/common/daemon_flags.h"

#include <unistd.h>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(bool, foreground, false,
          "Stays in the foreground, and logs to the terminal unless there is a log file.");
ABSL_FLAG(std::string, admin_listen, "",
          "Where the admin port (gRPC, for siphonctl) is: unix:PATH, 127.0.0.1:PORT, or none. "
          "Without it: unix:RUN_DIR/NAME.admin.sock, if the folder of the option run_dir exists.");
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
    const std::string folder = config.GetString("run_dir");
    flag = "run_dir";
    if (access(folder.c_str(), W_OK | X_OK) != 0) return std::nullopt;
    text = absl::StrCat("unix:", folder, "/", name, ".admin.sock");
  }
  absl::StatusOr<ListenAddress> address = ListenAddress::Parse(text);
  if (!address.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(flag, ": ", address.status().message()));
  }
  return std::optional<ListenAddress>(*std::move(address));
}

}  // namespace siphon
