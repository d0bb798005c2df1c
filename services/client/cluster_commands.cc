#include "services/client/cluster_commands.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/absl_view.h"
#include "services/client/json_text.h"

namespace siphon::client {
namespace {

using Arguments = std::vector<std::string>;

struct MonCommandRow {
  const char* words;
  const char* signature;  // see MonCommandJson()
  const char* arguments;  // for people
  const char* summary;
  const char* details;
};

// The arguments' names are those of Ceph 16.2's own command descriptions.
constexpr MonCommandRow kMonCommands[] = {
    {"auth ls", "", "", "Lists who has a key, the keys, and what they allow.", ""},
    {"auth get", "entity", "TYPE.ID", "Prints somebody's key and capabilities, as a keyring.", ""},
    {"auth get-key", "entity", "TYPE.ID", "Prints somebody's key alone.", ""},
    {"auth get-or-create", "entity caps:list?", "TYPE.ID [SERVICE CAPS]...",
     "Prints somebody's key, which is made if need be.",
     "SERVICE is mon, osd, mds or mgr, and CAPS one word of the shell: 'allow rw pool=data'."},
    {"auth caps", "entity caps:list", "TYPE.ID SERVICE CAPS...",
     "Replaces what somebody's key allows.", ""},
    {"auth del", "entity", "TYPE.ID", "Removes somebody and their key.", ""},
    {"status", "", "", "Shows the state of the cluster.", ""},
    {"health", "", "", "Shows what is wrong with the cluster.", ""},
    {"fsid", "", "", "Shows the cluster's identity.", ""},
    {"df", "", "", "Shows how full the cluster and its pools are.", ""},
    {"versions", "", "", "Shows which versions run.", ""},
    {"quorum_status", "", "", "Shows which monitors form the quorum.", ""},
    {"mon dump", "", "", "Shows the map of monitors.", ""},
    {"mon stat", "", "", "Shows the monitors in a line.", ""},
    {"osd dump", "", "", "Shows the map of OSDs and pools.", ""},
    {"osd tree", "", "", "Shows the OSDs in the CRUSH hierarchy.", ""},
    {"osd stat", "", "", "Shows how many OSDs there are, are up and in.", ""},
    {"osd ls", "", "", "Lists the numbers of the OSDs.", ""},
    {"osd df", "", "", "Shows how full the OSDs are.", ""},
    {"osd map", "pool object nspace?", "POOL OBJECT [NAMESPACE]", "Shows where an object lives.",
     ""},
    {"osd out", "ids:list", "ID...", "Moves data away from OSDs.", ""},
    {"osd in", "ids:list", "ID...", "Lets OSDs hold data again.", ""},
    {"osd down", "ids:list", "ID...", "Marks OSDs down; those that live come back.", ""},
    {"osd pool ls", "", "", "Lists the pools.", ""},
    {"osd pool stats", "", "", "Shows what goes on in the pools.", ""},
    {"osd pool create", "pool pg_num:int? pgp_num:int?", "POOL [PG_NUM [PGP_NUM]]", "Makes a pool.",
     "PG_NUM is the number of placement groups; a power of two suits best."},
    {"osd pool get", "pool var", "POOL SETTING|all", "Shows settings of a pool.", ""},
    {"osd pool set", "pool var val", "POOL SETTING VALUE", "Changes a setting of a pool.", ""},
    {"osd pool delete", "pool pool2", "POOL POOL", "Deletes a pool and all that is in it.",
     "The name is given twice, so that none is deleted by a slip. The monitors must allow it\n"
     "(mon_allow_pool_delete)."},
    {"pg stat", "", "", "Shows the placement groups in a line.", ""},
};

// Runs `json`, prints what comes back, and turns a failure into a status.
absl::Status RunOnMonitor(CliContext& context, const std::string& words, std::string json) {
  const absl::StatusOr<RadosClient*> client = context.Client();
  if (!client.ok()) return client.status();
  RadosClient::CommandResult result = (*client)->MonCommand(std::move(json));
  if (result.result < 0) {
    return absl::ErrnoToStatus(
        -result.result, absl::StrCat(words, result.status.empty() ? "" : ": ", result.status));
  }
  std::string output = result.data.ToString();
  if (!output.empty() && output.back() != '\n') output += '\n';
  if (absl::Status printed = CliPrint(output); !printed.ok()) return printed;
  if (!result.status.empty()) std::fprintf(stderr, "%s\n", result.status.c_str());
  return absl::OkStatus();
}

absl::Status RunMonCommand(CliContext& context, const CliCommand& command,
                           const Arguments& arguments) {
  for (const MonCommandRow& row : kMonCommands) {
    if (command.words != row.words) continue;
    absl::StatusOr<std::string> json =
        MonCommandJson(row.words, row.signature, arguments, context.format);
    if (!json.ok()) return json.status();
    return RunOnMonitor(context, command.words, *std::move(json));
  }
  return absl::InternalError(absl::StrCat("no row for ", command.words));
}

absl::Status RunRawCommand(CliContext& context, const CliCommand& command,
                           const Arguments& arguments) {
  const std::string& json = arguments[0];
  if (json.empty() || json.front() != '{') {
    return CliUsageError(absl::StrCat("command: \"", json,
                                      "\" is no JSON object; give '{\"prefix\": \"osd dump\"}'"));
  }
  return RunOnMonitor(context, command.words, json);
}

}  // namespace

absl::StatusOr<std::string> MonCommandJson(const std::string& words, const std::string& signature,
                                           const Arguments& arguments, CliContext::Format format) {
  JsonObject json;
  json.Add("prefix", words);
  size_t next = 0;
  const std::vector<std::string> parts = absl::StrSplit(signature, ' ', absl::SkipEmpty());
  for (std::string part : parts) {
    const bool optional = part.back() == '?';
    if (optional) part.pop_back();
    const std::pair<std::string, std::string> name_and_type = absl::StrSplit(part, ':');
    const auto& [name, type] = name_and_type;
    if (next == arguments.size()) {
      if (optional) continue;
      return CliUsageError(absl::StrCat(words, ": ", name, " is missing"));
    }
    if (type == "list") {
      std::vector<std::string> items;
      while (next < arguments.size()) items.push_back(JsonQuote(arguments[next++]));
      json.AddRaw(name, JsonArray(items));
      continue;
    }
    const std::string& argument = arguments[next++];
    if (type != "int") {
      json.Add(name, argument);
      continue;
    }
    int64_t number = 0;
    if (!absl::SimpleAtoi(argument, &number)) {
      return CliUsageError(
          absl::StrCat(words, ": ", name, " is \"", argument, "\", which is no whole number"));
    }
    json.AddRaw(name, absl::StrCat(number));
  }
  if (next < arguments.size()) {
    return CliUsageError(absl::StrCat(words, ": \"", arguments[next], "\" is one too many"));
  }
  // As Ceph's own client: deleting takes a sign that it is meant.
  if (words == "osd pool delete") json.AddRaw("yes_i_really_really_mean_it", "true");
  if (format == CliContext::Format::kJson) json.Add("format", "json");
  if (format == CliContext::Format::kJsonPretty) json.Add("format", "json-pretty");
  return json.ToString();
}

std::vector<CliCommand> ClusterCommands() {
  std::vector<CliCommand> commands;
  for (const MonCommandRow& row : kMonCommands) {
    CliCommand command;
    command.words = row.words;
    command.arguments = row.arguments;
    command.summary = row.summary;
    command.details = row.details;
    command.examples = absl::StrCat(
        "siphon ", row.words,
        command.words == "osd pool create"   ? " data 32"
        : command.words == "osd pool delete" ? " data data"
        : command.words == "osd pool get"    ? " data size"
        : command.words == "osd pool set"    ? " data size 2"
        : command.words == "osd map"         ? " data report"
        : command.words == "auth get-or-create"
            ? " client.web mon 'allow r' osd 'allow rw pool=data'"
        : command.words == "auth caps" ? " client.web mon 'allow r' osd 'allow r pool=data'"
        : command.words.starts_with("auth ") && *row.arguments != 0 ? " client.web"
        : *row.arguments != 0                                       ? " 0"
                                                                    : "",
        "\n");
    command.max_arguments = 1 << 16;  // the signature knows better
    command.run = RunMonCommand;
    commands.push_back(std::move(command));
  }
  commands.push_back(
      {"command", "JSON", "Sends the monitors any command.",
       "For commands that this program has no words for. The names of the arguments\n"
       "are in the output of '{\"prefix\": \"get_command_descriptions\"}'.",
       "siphon command '{\"prefix\": \"osd blocklist ls\"}'\n", 1, 1, RunRawCommand});
  return commands;
}

}  // namespace siphon::client
