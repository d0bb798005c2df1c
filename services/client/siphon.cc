// siphon: the client program: objects in and out of a cluster, and commands for its monitors.
//
// Exit codes: 0 done, 1 failure, 2 usage.
#include <glog/logging.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/flags/command_line.h"
#include "services/client/cli_command.h"
#include "services/client/cluster_commands.h"
#include "services/client/object_commands.h"
#include "services/common/ceph_args.h"
#include "services/common/config_flags.h"
#include "services/common/log_file.h"

ABSL_FLAG(std::string, pool, "", "The pool to work on.");
ABSL_FLAG(std::string, namespace, "", "The namespace within the pool.");
ABSL_FLAG(std::string, format, "plain", "How to print: plain, json or json-pretty.");
ABSL_FLAG(absl::Duration, connect_timeout, absl::Seconds(30),
          "How long to look for a monitor that answers.");
ABSL_FLAG(uint64_t, block_size, uint64_t{4} << 20, "bench write: bytes of each object.");
ABSL_FLAG(int, threads, 16, "bench: operations under way at once.");
ABSL_FLAG(bool, no_cleanup, false, "bench write: leave the objects, for seq and rand.");
ABSL_FLAG(int, verbose, -1, "Log to standard error: 0 what happens, 1 and more details.");

namespace siphon::client {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr size_t kSummaryColumn = 44;

std::vector<CliCommand> AllCommands() {
  std::vector<CliCommand> commands = ObjectCommands();
  for (CliCommand& command : ClusterCommands()) commands.push_back(std::move(command));
  return commands;
}

std::string CommandList(const std::vector<CliCommand>& commands) {
  std::string text = "Commands:\n";
  for (const CliCommand& command : commands) {
    std::string left =
        absl::StrCat("  ", command.words, command.arguments.empty() ? "" : " ", command.arguments);
    if (left.size() + 2 > kSummaryColumn) absl::StrAppend(&left, "\n");
    const size_t width = left.back() == '\n' ? 0 : left.size();
    absl::StrAppend(&text, left, std::string(kSummaryColumn - width, ' '), command.summary, "\n");
  }
  return text + "\n`siphon help COMMAND` says more about one.\n";
}

CommandLineSpec Spec(const std::vector<CliCommand>& commands) {
  CommandLineSpec spec;
  spec.program = "siphon";
  spec.usage = {"[-c FILE] -p POOL put|get|ls|stat|rm|bench ...", "[-c FILE] COMMAND ...",
                "help [COMMAND]"};
  spec.summary =
      "Stores and fetches objects in a Ceph or Siphon cluster, and asks its monitors. It speaks\n"
      "msgr v2 and v1, and has its key from a keyring as Ceph's own programs do: of ceph.conf's\n"
      "option keyring, of --keyring, or in /etc/ceph. CEPH_CONF and CEPH_KEYRING name these "
      "files,\n"
      "too, and the flags of CEPH_ARGS stand before those of the command line.";
  spec.examples =
      "# What is there?\n"
      "siphon -c /etc/ceph/ceph.conf status\n"
      "# Make a pool with 32 placement groups, put a file into it and get it back.\n"
      "siphon osd pool create data 32\n"
      "siphon -p data put report report.pdf\n"
      "siphon -p data get report /tmp/report.pdf\n"
      "# As somebody else than client.admin.\n"
      "siphon --id web --keyring web.keyring -p data get report /tmp/report.pdf\n"
      "# Without a ceph.conf.\n"
      "siphon --mon-host 192.0.2.1:6789 osd tree\n";
  spec.flags = ConfigFlags();
  spec.flags.insert(spec.flags.end(), {{"pool", "POOL", 'p'},
                                       {"namespace", "NAME", 'N'},
                                       {"format", "FORMAT", 'f'},
                                       {"connect_timeout", "DURATION"},
                                       {"block_size", "BYTES", 'b'},
                                       {"threads", "COUNT", 't'},
                                       {"no_cleanup", ""},
                                       {"verbose", "LEVEL", 'v'}});
  spec.config_options = true;
  spec.footer = CommandList(commands);
  return spec;
}

// The command that `words` begin with, the longest that fits; null for none.
const CliCommand* FindCommand(const std::vector<CliCommand>& commands,
                              const std::vector<std::string>& words, size_t* length) {
  const CliCommand* best = nullptr;
  for (const CliCommand& command : commands) {
    const std::vector<std::string> parts = absl::StrSplit(command.words, ' ');
    if (parts.size() > words.size() || (best != nullptr && parts.size() <= *length)) continue;
    if (!std::equal(parts.begin(), parts.end(), words.begin())) continue;
    best = &command;
    *length = parts.size();
  }
  return best;
}

std::string HelpOf(const CliCommand& command) {
  std::string text = absl::StrCat("Usage: siphon [-c FILE] [flags] ", command.words,
                                  command.arguments.empty() ? "" : " ", command.arguments, "\n\n",
                                  command.summary, "\n");
  if (!command.details.empty()) absl::StrAppend(&text, "\n", command.details, "\n");
  absl::StrAppend(&text, "\nExamples:\n");
  const std::vector<std::string> examples =
      absl::StrSplit(command.examples, '\n', absl::SkipEmpty());
  for (const std::string& example : examples) absl::StrAppend(&text, "  ", example, "\n");
  return text + "\nFlags: see `siphon --help`.\n";
}

int Complain(const absl::Status& status) {
  std::fprintf(stderr, "siphon: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) && IsCliUsageError(status) ? kExitUsage : kExitFailure;
}

absl::Status UnknownCommand(const std::vector<CliCommand>& commands,
                            const std::vector<std::string>& words) {
  std::vector<std::string> close;
  for (const CliCommand& command : commands) {
    const std::vector<std::string> parts = absl::StrSplit(command.words, ' ');
    if (parts[0] == words[0]) close.push_back(absl::StrCat("`", command.words, "`"));
  }
  return CliUsageError(absl::StrCat(
      "no command `", absl::StrJoin(words, " "), "`; ",
      close.empty() ? "" : absl::StrCat("there are ", absl::StrJoin(close, ", "), "; "),
      "`siphon --help` lists all, and `siphon command JSON` sends any other to the monitors"));
}

absl::Status FillContext(CliContext& context, const ProcessConfig& process) {
  context.config = process.config.get();
  context.id = process.id;
  context.pool = absl::GetFlag(FLAGS_pool);
  context.nspace = absl::GetFlag(FLAGS_namespace);
  context.connect_timeout = absl::GetFlag(FLAGS_connect_timeout);
  const std::string format = absl::GetFlag(FLAGS_format);
  if (format == "json")
    context.format = CliContext::Format::kJson;
  else if (format == "json-pretty")
    context.format = CliContext::Format::kJsonPretty;
  else if (format != "plain")
    return CliUsageError(
        absl::StrCat("--format: \"", format, "\" is not plain, json or json-pretty"));
  context.bench.object_bytes = absl::GetFlag(FLAGS_block_size);
  context.bench.under_way = absl::GetFlag(FLAGS_threads);
  context.bench.cleanup = !absl::GetFlag(FLAGS_no_cleanup);
  const uint64_t most = static_cast<uint64_t>(context.config->GetInt("osd_max_write_size")) << 20;
  if (context.bench.object_bytes == 0 || context.bench.object_bytes > most) {
    return CliUsageError(absl::StrCat("--block-size: must be 1 to ", most, " bytes"));
  }
  if (context.bench.under_way < 1 || context.bench.under_way > 65536) {
    return CliUsageError("--threads: must be 1 to 65536");
  }
  return absl::OkStatus();
}

absl::Status RunCommand(const std::vector<CliCommand>& commands, const CommandLine::Result& line) {
  size_t length = 0;
  const CliCommand* command = FindCommand(commands, line.positional, &length);
  if (command == nullptr) return UnknownCommand(commands, line.positional);
  const std::vector<std::string> arguments(
      line.positional.begin() + static_cast<std::ptrdiff_t>(length), line.positional.end());
  const int count = static_cast<int>(arguments.size());
  if (count < command->min_arguments || count > command->max_arguments) {
    return CliUsageError(absl::StrCat("usage: siphon ", command->words, " ", command->arguments));
  }
  absl::StatusOr<ProcessConfig> process = LoadProcessConfig("client", "admin", line.options);
  if (!process.ok()) return CliUsageError(std::string(process.status().message()));
  CliContext context;
  if (absl::Status filled = FillContext(context, *process); !filled.ok()) return filled;
  return command->run(context, *command, arguments);
}

int ShowHelp(const std::vector<CliCommand>& commands, const CommandLine& reader,
             const std::vector<std::string>& words) {
  for (size_t begin = 0; begin < words.size(); ++begin) {
    size_t length = 0;
    const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(begin),
                                        words.end());
    if (const CliCommand* command = FindCommand(commands, rest, &length)) {
      return CliPrint(HelpOf(*command)).ok() ? 0 : kExitFailure;
    }
  }
  return CliPrint(reader.Help()).ok() ? 0 : kExitFailure;
}

int Main(int argc, char** argv) {
  const std::vector<CliCommand> commands = AllCommands();
  const CommandLine reader(Spec(commands));
  const std::vector<std::string> args(argv + 1, argv + argc);
  absl::StatusOr<CommandLine::Result> line = ParseWithCephArgs(reader, args);
  if (!line.ok()) {
    std::fprintf(stderr, "siphon: %s\n", std::string(line.status().message()).c_str());
    return kExitUsage;
  }
  if (line->version) return CliPrint(reader.Version()).ok() ? 0 : kExitFailure;
  if (line->help) return ShowHelp(commands, reader, line->positional);
  if (line->positional.empty()) {
    return Complain(CliUsageError("no command; `siphon --help` lists them"));
  }
  if (line->positional[0] == "help") {
    return ShowHelp(commands, reader, {line->positional.begin() + 1, line->positional.end()});
  }
  // A peer, or a reader of our output, that goes away is an error and no signal.
  std::signal(SIGPIPE, SIG_IGN);
  const int verbose = absl::GetFlag(FLAGS_verbose);
  LogFile::InitLogging("siphon", std::max(verbose, 0));
  // Being told to stop is no crash to report.
  std::signal(SIGTERM, SIG_DFL);
  FLAGS_minloglevel = verbose < 0 ? google::GLOG_ERROR : google::GLOG_INFO;
  const absl::Status status = RunCommand(commands, *line);
  return status.ok() ? 0 : Complain(status);
}

}  // namespace
}  // namespace siphon::client

int main(int argc, char** argv) { return siphon::client::Main(argc, argv); }
