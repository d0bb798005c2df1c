// CommandResult: what a command answers.
#ifndef SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_RESULT_H_
#define SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_RESULT_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "nlohmann/json.hpp"
#include "services/common/commands/command_args.h"

namespace siphon {

struct CommandResult {
  int code = 0;        // 0, or a negative errno
  std::string status;  // a line for people; `ceph` prints it on standard error
  BufferList output;

  static CommandResult Output(std::string text, std::string status = {});
  // JSON as the client wants it: for people if `args` say so.
  static CommandResult OutputJson(const CommandArgs& args, const nlohmann::ordered_json& json,
                                  std::string status = {});
  static CommandResult Done(std::string status);
  // The errno that fits the error's code.
  static CommandResult Error(const absl::Status& error);
};

// The errno, negative, that Ceph's clients expect for an error.
int ErrnoOf(const absl::Status& error);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_RESULT_H_
