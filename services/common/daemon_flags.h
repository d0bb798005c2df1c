// The flags that every daemon has beside those of config_flags.h.
#ifndef SIPHON_SERVICES_COMMON_DAEMON_FLAGS_H_
#define SIPHON_SERVICES_COMMON_DAEMON_FLAGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "admin/listen_address.h"
#include "base/config.h"
#include "base/flags/command_line.h"

namespace siphon {

// --foreground/-f, --log-file, --pid-file, --admin-listen, --verbose.
std::vector<CommandLineFlag> DaemonFlags();

bool ForegroundRequested();
int Verbosity();

// Where the daemon `name` opens its admin port: at --admin-listen, or else at the Unix socket
// NAME.admin.sock in run_dir if that folder is there. Nothing for "none". InvalidArgument: as
// ListenAddress::Parse().
absl::StatusOr<std::optional<ListenAddress>> AdminAddress(const Config& config,
                                                          const std::string& name);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_DAEMON_FLAGS_H_
