// CommandTable: the commands that a daemon knows: how they are called, and who answers.
//
// The table is what `ceph` fetches first (get_command_descriptions) to check what a person typed
// and to print its help.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_TABLE_H_
#define SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_TABLE_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer_list.h"
#include "nlohmann/json.hpp"
#include "services/common/commands/command_args.h"
#include "services/common/commands/command_result.h"

namespace siphon {

class CommandTable {
 public:
  // One argument, in the terms of Ceph's command descriptions.
  struct Param {
    std::string name;
    std::string type;  // "CephInt", "CephOsdName", ...
    bool optional = false;
    bool repeated = false;        // takes all words that follow
    std::string choices = "";     // of a CephChoices: "a|b"
    std::string range = "";       // "0": the least
    std::string good_chars = "";  // "[A-Za-z0-9-_.]"
  };
  using Handler = std::function<CommandResult(const CommandArgs& args)>;
  struct Command {
    std::string prefix;  // the words that name it
    std::vector<Param> params;
    std::string help;
    std::string module = "mon";
    std::string permission = "r";  // or "rw", "rx", "rwx": what it takes, of `module`
    Handler handler;
  };

  void Add(Command command);
  // The same from a line that reads like what a person types: words, and arguments in braces as
  // {NAME:TYPE}, followed by what is said of it: ",opt", ",n=N", ",strings=a|b", ",range=0|1",
  // ",goodchars=[a-z]". The module is the first word if Ceph has one of that name, else "mon".
  void Define(std::string_view line, std::string help, std::string permission, Handler handler);
  // Runs the command that `args` name; EINVAL if there is none, or an argument is missing.
  CommandResult Run(const CommandArgs& args) const;
  // In the form that `ceph` reads.
  nlohmann::ordered_json Describe() const;
  // What each command is for.
  std::map<std::string, std::string> Help() const;
  // Null for an unknown one.
  const Command* Find(const std::string& prefix) const;
  // Whether the command changes something; false for an unknown one.
  bool IsWrite(const std::string& prefix) const;

 private:
  std::map<std::string, Command> commands_;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_TABLE_H_
