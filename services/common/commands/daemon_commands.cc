#include "services/common/commands/daemon_commands.h"

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/flags/version.h"
#include "nlohmann/json.hpp"

namespace siphon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;

// For people too it is JSON, spread over lines.
Result Pretty(const Args& args, const Json& json, std::string status = {}) {
  if (args.json()) return Result::OutputJson(args, json, std::move(status));
  return Result::Output(json.dump(4, ' ', false, Json::error_handler_t::replace) + "\n",
                        std::move(status));
}

const char* SourceName(Config::Source source) {
  switch (source) {
    case Config::Source::kDefault:
      return "default";
    case Config::Source::kFile:
      return "file";
    case Config::Source::kEnvironment:
      return "env";
    case Config::Source::kCommandLine:
      return "cmdline";
    case Config::Source::kRuntime:
      return "override";
  }
  return "default";
}

Result Get(const Config& config, const Args& args) {
  const auto entry = config.Describe(args.Text("var"));
  if (!entry.ok())
    return Result::Error(absl::NotFoundError(
        absl::StrCat("error getting '", args.Text("var"), "': (2) No such file or directory")));
  return Pretty(args, {{entry->spec->name, entry->value}});
}

Result Set(Config* config, const Args& args) {
  const std::string var = args.Text("var");
  const std::string value = absl::StrJoin(args.List("val"), " ");
  const auto before = config->Describe(var);
  const absl::Status status = config->Set(var, value, Config::Source::kRuntime);
  if (absl::IsNotFound(status))
    return Result::Error(absl::NotFoundError(
        absl::StrCat("error setting '", var, "' to '", value, "': (2) No such file or directory")));
  if (absl::IsFailedPrecondition(status)) {
    Result result = Result::Error(status);
    result.code = -ENOSYS;  // as Ceph for options that need a restart
    return result;
  }
  if (!status.ok()) return Result::Error(status);
  // As Ceph: what was so before is not worth a word.
  const bool same = before.ok() && config->Describe(var)->value == before->value;
  return Pretty(
      args, {{"success", same ? "" : absl::StrCat(FindOption(var)->name, " = '", value, "' ")}});
}

// Back to the default.
Result Unset(Config* config, const Args& args) {
  const std::string var = args.Text("var");
  const OptionSpec* const spec = FindOption(var);
  if (!spec)
    return Result::Error(absl::NotFoundError(
        absl::StrCat("error unsetting '", var, "': (2) No such file or directory")));
  const auto before = config->Describe(var);
  const absl::Status status = config->Set(var, spec->default_text, Config::Source::kRuntime);
  if (!status.ok()) return Result::Error(status);
  const bool same = before.ok() && config->Describe(var)->value == before->value;
  return Result::Output("{}\n",
                        same ? "" : absl::StrCat(spec->name, " = '", spec->default_text, "' "));
}

Result Show(const Config& config, const std::string& name, const Args& args) {
  Json json = {{"name", name}, {"cluster", "ceph"}};
  for (const Config::Entry& entry : config.List()) json[entry.spec->name] = entry.value;
  return Pretty(args, json);
}

Result Diff(const Config& config, const Args& args) {
  Json diff = Json::object();
  for (const Config::Entry& entry : config.List())
    if (entry.source != Config::Source::kDefault || entry.value != entry.spec->default_text)
      diff[entry.spec->name] = {{"default", entry.spec->default_text},
                                {SourceName(entry.source), entry.value},
                                {"final", entry.value}};
  return Pretty(args, {{"diff", diff}});
}

// "--name=value", "--name value", several of them in one word or many.
Result InjectArgs(Config* config, const Args& args) {
  const std::string text = absl::StrJoin(args.List("injected_args"), " ");
  const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  std::vector<std::string> done;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string name = words[i].starts_with("--") ? words[i].substr(2) : "";
    std::string value;
    if (const size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < words.size()) {
      value = words[++i];
    }
    const OptionSpec* spec = FindOption(name);
    const auto before = config->Describe(name);
    const absl::Status status = spec ? config->Set(name, value, Config::Source::kRuntime)
                                     : absl::InvalidArgumentError("no such option");
    if (!status.ok())
      return Result::Error(absl::InvalidArgumentError(
          absl::StrCat(" failed to parse arguments: ", text, "\n", status.message())));
    if (!before.ok() || config->Describe(name)->value != before->value)
      done.push_back(absl::StrCat(spec->name, " = '", value, "' "));
  }
  return Result::Output("{}\n", absl::StrJoin(done, "\n"));
}

}  // namespace

void AddDaemonCommands(const std::string& name, Config* config, CommandTable* table) {
  const auto describe = [table](const Args& args) {
    return Result::OutputJson(args, table->Describe());
  };
  table->Define("get_command_descriptions", "list the commands of this daemon", "r", describe);
  table->Define("help", "list the commands of this daemon", "r", [table](const Args& args) {
    Json help = Json::object();
    for (const auto& [prefix, text] : table->Help()) help[prefix] = text;
    return Pretty(args, help);
  });
  table->Define("version", "print the version of this daemon", "r", [](const Args& args) {
    return Pretty(
        args, {{"version", kSiphonVersion}, {"release", "pacific"}, {"release_type", "stable"}});
  });
  table->Define("git_version", "print what this daemon was built from", "r",
                [](const Args& args) { return Pretty(args, {{"git_version", kSiphonVersion}}); });
  table->Define("config get {var:CephString}", "print an option", "r",
                [config](const Args& args) { return Get(*config, args); });
  table->Define("config set {var:CephString} {val:CephString,n=N}", "set an option", "rw",
                [config](const Args& args) { return Set(config, args); });
  table->Define("config unset {var:CephString}", "set an option back to its default", "rw",
                [config](const Args& args) { return Unset(config, args); });
  table->Define("config show", "print all options", "r",
                [config, name](const Args& args) { return Show(*config, name, args); });
  table->Define("config diff", "print the options that are not at their defaults", "r",
                [config](const Args& args) { return Diff(*config, args); });
  table->Define("injectargs {injected_args:CephString,n=N}", "set options, as --NAME=VALUE", "rw",
                [config](const Args& args) { return InjectArgs(config, args); });
  table->Define(
      "heap {heapcmd:CephChoices,strings=dump|start_profiler|stop_profiler|release|stats} "
      "{value:CephString,opt}",
      "look at the allocator (there is no tcmalloc)", "rw", [](const Args&) {
        return Result::Error(absl::UnimplementedError(
            "could not issue heap profiler command -- not using tcmalloc!"));
      });
}

}  // namespace siphon
