#include "services/mon/command_table.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace siphon::mon {
namespace {

nlohmann::ordered_json DescribeParam(const CommandTable::Param& param) {
  nlohmann::ordered_json out;
  if (!param.good_chars.empty()) out["goodchars"] = param.good_chars;
  if (param.repeated) out["n"] = "N";
  out["name"] = param.name;
  if (!param.range.empty()) out["range"] = param.range;
  if (param.optional) out["req"] = "false";
  if (!param.choices.empty()) out["strings"] = param.choices;
  out["type"] = param.type;
  return out;
}

}  // namespace

void CommandTable::Add(Command command) {
  const std::string prefix = command.prefix;
  commands_[prefix] = std::move(command);
}

bool CommandTable::IsWrite(const std::string& prefix) const {
  const auto it = commands_.find(prefix);
  return it != commands_.end() && it->second.permission.find('w') != std::string::npos;
}

CommandResult CommandTable::Run(const CommandArgs& args) const {
  const auto it = commands_.find(args.prefix());
  if (it == commands_.end())
    return CommandResult::Error(absl::InvalidArgumentError("command not known"));
  for (const Param& param : it->second.params)
    if (!param.optional && !args.Has(param.name))
      return CommandResult::Error(absl::InvalidArgumentError(
          absl::StrCat("'", args.prefix(), "' needs the argument '", param.name, "'")));
  return it->second.handler(args);
}

nlohmann::ordered_json CommandTable::Describe() const {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  int number = 0;
  for (const auto& [prefix, command] : commands_) {
    nlohmann::ordered_json sig = nlohmann::ordered_json::array();
    for (const auto& word : absl::StrSplit(prefix, ' ')) sig.push_back(std::string(word));
    for (const Param& param : command.params) sig.push_back(DescribeParam(param));
    out[absl::StrFormat("cmd%03d", number++)] = {{"sig", sig},
                                                 {"help", command.help},
                                                 {"module", command.module},
                                                 {"perm", command.permission},
                                                 {"flags", 0}};
  }
  return out;
}

}  // namespace siphon::mon
