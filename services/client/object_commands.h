// The commands of `siphon` that work on objects: put, get, ls, stat, rm, bench.
#ifndef SIPHON_SERVICES_CLIENT_OBJECT_COMMANDS_H_
#define SIPHON_SERVICES_CLIENT_OBJECT_COMMANDS_H_

#include <vector>

#include "services/client/cli_command.h"

namespace siphon::client {

std::vector<CliCommand> ObjectCommands();

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OBJECT_COMMANDS_H_
