// siphonctl: looks into a running siphon daemon, and controls it, through its admin port.
//
// Exit codes: 0 done, 1 the daemon could not be reached or refused, 2 usage.
#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "admin/ctl_commands.h"
#include "admin/listen_address.h"
#include "base/flags/command_line.h"

ABSL_FLAG(std::string, admin, "",
          "The daemon's admin port: unix:PATH or 127.0.0.1:PORT. Without it: $SIPHON_ADMIN.");
ABSL_FLAG(std::string, format, "table", "table for people, json for programs.");
ABSL_FLAG(std::string, color, "auto", "auto (on a terminal), always or never.");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(10),
          "How long to wait for the answer: 500ms, 5s.");
ABSL_FLAG(bool, wide, false, "Shows more than a table of one line each.");
ABSL_FLAG(bool, changed, false, "Shows only options that differ from their default.");
ABSL_FLAG(absl::Duration, interval, absl::Seconds(1), "Time between samples, 10ms to 1h.");
ABSL_FLAG(int, count, 0, "How many samples to show; 0 for no end.");

namespace siphon {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

int UsageError(absl::string_view what, const CtlCommand* command) {
  std::cerr << "siphonctl: " << what << "\nTry 'siphonctl "
            << (command == nullptr ? "" : command->words + " ") << "--help'.\n";
  return kExitUsage;
}

std::vector<CommandLineFlag> CommonFlags() {
  return {{"admin", "ADDRESS", 'a'}, {"format", "FORMAT"}, {"color", "WHEN"}};
}

// The program as a whole: every flag, and the list of commands.
CommandLine WholeLine() {
  CommandLineSpec spec;
  spec.program = "siphonctl";
  spec.usage = {"--admin ADDRESS COMMAND [ARGUMENTS] [FLAGS]", "COMMAND --help"};
  spec.summary =
      "siphonctl looks into a running siphon daemon: its messengers, connections, dispatch\n"
      "queues and options; and holds dispatch back or changes options.\n\nCommands";
  for (const CtlCommand& command : CtlCommands()) {
    absl::StrAppendFormat(&spec.summary, "\n  %-25s %s",
                          absl::StrCat(command.words, " ", command.arguments), command.summary);
  }
  spec.examples =
      "# What did the messengers of osd.0 do?\n"
      "siphonctl --admin unix:run/osd.0.admin.sock messengers\n"
      "# Who is connected, and why did connections break?\n"
      "siphonctl --admin unix:run/osd.0.admin.sock connections --wide\n"
      "# Ten samples, two a second, for a program\n"
      "siphonctl --admin unix:run/osd.0.admin.sock watch --interval 500ms --count 10 --format json";
  spec.flags = CommonFlags();
  for (const CtlCommand& command : CtlCommands()) {
    for (const CommandLineFlag& flag : command.flags) {
      bool known = false;
      for (const CommandLineFlag& other : spec.flags) known = known || other.name == flag.name;
      if (!known) spec.flags.push_back(flag);
    }
  }
  spec.footer =
      "The port is plain gRPC with server reflection and a health service, so grpcurl and the "
      "like\n"
      "work too. Exit codes: 0 done, 1 not reached or refused, 2 wrong usage.";
  return CommandLine(spec);
}

CommandLine LineOf(const CtlCommand& command) {
  CommandLineSpec spec;
  spec.program = "siphonctl";
  spec.usage = {absl::StrCat("--admin ADDRESS ", command.words,
                             command.arguments.empty() ? "" : " ", command.arguments, " [FLAGS]")};
  spec.summary =
      absl::StrCat(command.summary, ".", command.details.empty() ? "" : "\n\n", command.details);
  spec.flags = CommonFlags();
  spec.flags.insert(spec.flags.end(), command.flags.begin(), command.flags.end());
  return CommandLine(spec);
}

// The command that `positional` begins with; its words are taken away.
const CtlCommand* FindCommand(std::vector<std::string>* positional) {
  for (const CtlCommand& command : CtlCommands()) {
    const std::vector<std::string> words = absl::StrSplit(command.words, ' ');
    if (positional->size() < words.size()) continue;
    if (!std::equal(words.begin(), words.end(), positional->begin())) continue;
    positional->erase(positional->begin(),
                      positional->begin() + static_cast<ptrdiff_t>(words.size()));
    return &command;
  }
  return nullptr;
}

// The settings that do not depend on the daemon.
absl::Status FillSession(CtlSession* session) {
  session->address = absl::GetFlag(FLAGS_admin);
  if (const char* fallback = std::getenv("SIPHON_ADMIN");
      session->address.empty() && fallback != nullptr) {
    session->address = fallback;
  }
  if (session->address.empty()) {
    return absl::InvalidArgumentError("--admin: is missing; give unix:PATH or 127.0.0.1:PORT");
  }
  const absl::StatusOr<ListenAddress> address = ListenAddress::Parse(session->address);
  if (!address.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--admin: ", address.status().message()));
  }
  session->address = address->ToString();
  const std::string format = absl::GetFlag(FLAGS_format);
  if (format != "table" && format != "json") {
    return absl::InvalidArgumentError(
        absl::StrCat("--format: \"", format, "\" is none; give table or json"));
  }
  session->json = format == "json";
  const std::string color = absl::GetFlag(FLAGS_color);
  if (color != "auto" && color != "always" && color != "never") {
    return absl::InvalidArgumentError(
        absl::StrCat("--color: \"", color, "\" is none; give auto, always or never"));
  }
  const bool terminal = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  session->style.colours = color == "always" || (color == "auto" && terminal);
  session->style.wide = absl::GetFlag(FLAGS_wide);
  session->timeout = absl::GetFlag(FLAGS_timeout);
  session->interval = absl::GetFlag(FLAGS_interval);
  session->count = absl::GetFlag(FLAGS_count);
  session->changed = absl::GetFlag(FLAGS_changed);
  if (session->count < 0) return absl::InvalidArgumentError("--count: must not be below 0");
  if (session->timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--timeout: must be above 0");
  }
  session->out = &std::cout;
  return absl::OkStatus();
}

int RunCommand(const CtlCommand& command, const std::vector<std::string>& arguments) {
  CtlSession session;
  if (const absl::Status status = FillSession(&session); !status.ok()) {
    return UsageError(status.message(), &command);
  }
  grpc::ChannelArguments channel;
  channel.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = admin::v1::Admin::NewStub(
      grpc::CreateCustomChannel(session.address, grpc::InsecureChannelCredentials(), channel));
  session.stub = stub.get();
  const absl::Status status = command.run(session, arguments);
  std::cout.flush();
  if (status.ok()) return kExitOk;
  std::cerr << "siphonctl: " << status.message() << "\n";
  return kExitFailure;
}

int Main(const std::vector<std::string>& args) {
  const CommandLine whole = WholeLine();
  absl::StatusOr<CommandLine::Result> line = whole.Parse(args);
  if (!line.ok()) return UsageError(line.status().message(), nullptr);
  if (line->version) {
    std::cout << whole.Version();
    return kExitOk;
  }
  // "help pause" is "pause --help".
  if (!line->positional.empty() && line->positional[0] == "help") {
    line->help = true;
    line->positional.erase(line->positional.begin());
  }
  std::vector<std::string> arguments = line->positional;
  const CtlCommand* const command = FindCommand(&arguments);
  if (line->help) {
    std::cout << (command == nullptr ? whole : LineOf(*command)).Help();
    return kExitOk;
  }
  if (command == nullptr) {
    return UsageError(arguments.empty() ? "a command is missing"
                                        : absl::StrCat("there is no command \"",
                                                       absl::StrJoin(arguments, " "), "\""),
                      nullptr);
  }
  // Once more with the flags of this command alone, so that others are not swallowed in silence.
  line = LineOf(*command).Parse(args);
  if (!line.ok()) return UsageError(line.status().message(), command);
  if (arguments.size() < command->min_arguments() || arguments.size() > command->max_arguments()) {
    return UsageError(absl::StrCat(command->words, ": takes ",
                                   command->arguments.empty() ? "no argument" : command->arguments,
                                   ", not ", arguments.empty() ? "nothing" : "\"",
                                   absl::StrJoin(arguments, " "), arguments.empty() ? "" : "\""),
                      command);
  }
  return RunCommand(*command, arguments);
}

}  // namespace
}  // namespace siphon

int main(int argc, char** argv) {
  return siphon::Main(std::vector<std::string>(argv + 1, argv + argc));
}
