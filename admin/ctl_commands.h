// The commands of siphonctl: their names, their help, and what they do.
#ifndef SIPHON_ADMIN_CTL_COMMANDS_H_
#define SIPHON_ADMIN_CTL_COMMANDS_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "admin/admin.grpc.pb.h"
#include "admin/ctl_tables.h"
#include "base/flags/command_line.h"

namespace siphon {

// What a command works with.
struct CtlSession {
  admin::v1::Admin::Stub* stub = nullptr;
  std::string address;  // for messages
  bool json = false;
  TableStyle style;
  absl::Duration timeout = absl::Seconds(10);  // for a call with one answer
  absl::Duration interval = absl::Seconds(1);  // of watch
  int count = 0;                               // of watch; 0: without end
  bool changed = false;                        // of option list
  std::ostream* out = nullptr;
};

struct CtlCommand {
  std::string words;                   // "option list"
  std::string arguments;               // "[MESSENGER]"; each word in brackets may be left out
  std::string summary;                 // a line
  std::string details;                 // what --help adds
  std::vector<CommandLineFlag> flags;  // beside the common ones
  std::function<absl::Status(const CtlSession&, const std::vector<std::string>& arguments)> run;

  size_t min_arguments() const;
  size_t max_arguments() const;
};

// All of them, in the order of --help.
const std::vector<CtlCommand>& CtlCommands();

}  // namespace siphon

#endif  // SIPHON_ADMIN_CTL_COMMANDS_H_
