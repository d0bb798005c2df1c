#include "services/common/commands/command_table.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/absl_view.h"

namespace siphon {
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

// "NAME:TYPE,opt,range=0".
CommandTable::Param ParseParam(absl::string_view text) {
  CommandTable::Param param;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ',');
  const std::pair<std::string, std::string> named =
      absl::StrSplit(parts[0], absl::MaxSplits(':', 1));
  param.name = named.first;
  param.type = named.second;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::pair<absl::string_view, std::string> said =
        absl::StrSplit(parts[i], absl::MaxSplits('=', 1));
    if (said.first == "opt") param.optional = true;
    if (said.first == "n") param.repeated = true;
    if (said.first == "strings") param.choices = said.second;
    if (said.first == "range") param.range = said.second;
    if (said.first == "goodchars") param.good_chars = said.second;
  }
  return param;
}

}  // namespace

void CommandTable::Define(std::string_view line, std::string help, std::string permission,
                          Handler handler) {
  Command command;
  const std::vector<absl::string_view> words = absl::StrSplit(AbslView(line), ' ');
  for (const absl::string_view word : words) {
    if (word.front() == '{') {
      command.params.push_back(ParseParam(word.substr(1, word.size() - 2)));
    } else {
      absl::StrAppend(&command.prefix, command.prefix.empty() ? "" : " ", word);
    }
  }
  for (const char* module : {"auth", "osd", "pg", "config", "config-key", "mgr"})
    if (words.front() == module) command.module = module;
  command.help = std::move(help);
  command.permission = std::move(permission);
  command.handler = std::move(handler);
  Add(std::move(command));
}

void CommandTable::Add(Command command) {
  const std::string prefix = command.prefix;
  commands_[prefix] = std::move(command);
}

const CommandTable::Command* CommandTable::Find(const std::string& prefix) const {
  const auto it = commands_.find(prefix);
  return it == commands_.end() ? nullptr : &it->second;
}

bool CommandTable::IsWrite(const std::string& prefix) const {
  const Command* const command = Find(prefix);
  return command != nullptr && command->permission.find('w') != std::string::npos;
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

std::map<std::string, std::string> CommandTable::Help() const {
  std::map<std::string, std::string> out;
  for (const auto& [prefix, command] : commands_) out[prefix] = command.help;
  return out;
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

}  // namespace siphon
