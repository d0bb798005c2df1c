// The commands of `siphon` that the monitors answer: status, mon dump, osd pool create, ...
#ifndef SIPHON_SERVICES_CLIENT_CLUSTER_COMMANDS_H_
#define SIPHON_SERVICES_CLIENT_CLUSTER_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/client/cli_command.h"

namespace siphon::client {

std::vector<CliCommand> ClusterCommands();

// The JSON of a monitor command: its words as the prefix, and its arguments by the names in
// `signature`: "pool pg_num:int? ids:list" (an argument is text unless said otherwise; '?' marks
// what may be left out). A usage error: an argument is missing, too many, or no number.
absl::StatusOr<std::string> MonCommandJson(const std::string& words, const std::string& signature,
                                           const std::vector<std::string>& arguments,
                                           CliContext::Format format);

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_CLUSTER_COMMANDS_H_
