// CommandLine: reads the arguments of a siphon program and writes its --help.
//
// Flags are Abseil flags (ABSL_FLAG) that the program lists by name, and, if it wants, every option
// of base/config.h under its Ceph name. Abseil's own parser is not used: it ends the process with
// exit code 1 on its own, knows no `-c FILE`, and shows flags of every linked library.
//
// Accepted forms: --name=value, --name value, --flag and --noflag for booleans, -x value for a flag
// with a letter, --option name=value and --ceph-option-name value for options; '-' and '_' are the
// same in names. "--" ends flags; what is no flag is positional.
#ifndef SIPHON_BASE_FLAGS_COMMAND_LINE_H_
#define SIPHON_BASE_FLAGS_COMMAND_LINE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/config.h"

namespace siphon {

// One flag that a program accepts and shows.
struct CommandLineFlag {
  std::string name;         // of an Abseil flag, or else of an option of base/config.h
  std::string placeholder;  // "FILE"; empty for a boolean
  char letter = 0;          // -c; 0 for none
};

struct CommandLineSpec {
  std::string program;
  std::vector<std::string> usage;  // what follows the program's name, a line for each form
  std::string summary;             // what it is, some lines
  std::string examples;            // whole command lines
  std::vector<CommandLineFlag> flags;
  bool config_options = false;  // accept --option name=value and --any-option value
  std::string footer;           // what --help ends with
};

class CommandLine {
 public:
  struct Result {
    bool help = false;     // --help or -h: nothing else was looked at
    bool version = false;  // --version
    std::vector<std::string> positional;
    std::vector<std::pair<std::string, std::string>> options;  // Config options, in order
    std::vector<std::string> ignored;                          // unknown flags, by kIgnore
  };
  // What becomes of a flag that there is not. Ignored, it takes a value with it: what follows its
  // "=", or the next argument if that is no flag.
  enum class Unknown { kRefuse, kIgnore };

  explicit CommandLine(CommandLineSpec spec) : spec_(std::move(spec)) {}

  // Sets the Abseil flags and returns the rest. `args` without the program's name.
  // InvalidArgument: an unknown flag (the message names close ones), or a bad value.
  absl::StatusOr<Result> Parse(const std::vector<std::string>& args,
                               Unknown unknown = Unknown::kRefuse) const;

  // The text of --help, lines of 80 columns.
  std::string Help() const;
  // The text of --version.
  std::string Version() const;

 private:
  class Reader;
  CommandLineSpec spec_;
};

// Sets each of `options` with Config::Source::kCommandLine; the error names the flag.
absl::Status ApplyOptions(const std::vector<std::pair<std::string, std::string>>& options,
                          Config* config);

}  // namespace siphon

#endif  // SIPHON_BASE_FLAGS_COMMAND_LINE_H_
