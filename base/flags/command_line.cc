#include "base/flags/command_line.h"

#include <algorithm>
#include <optional>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/absl_view.h"
#include "base/flags/version.h"

namespace siphon {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kIndent = 6;

std::string Underscored(std::string_view name) {
  return absl::StrReplaceAll(AbslView(name), {{"-", "_"}});
}

std::string Dashed(std::string_view name) {
  return absl::StrReplaceAll(AbslView(name), {{"_", "-"}});
}

bool IsBooleanText(std::string_view text) {
  for (const char* word : {"true", "false", "yes", "no", "on", "off", "1", "0"}) {
    if (absl::EqualsIgnoreCase(AbslView(text), word)) return true;
  }
  return false;
}

absl::Status Problem(std::string_view flag, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(AbslView(flag), ": ", AbslView(what)));
}

// `text` in lines of at most kColumns, each after kIndent blanks.
std::string Wrapped(std::string_view text) {
  std::string out;
  size_t column = 0;
  for (const absl::string_view word :
       absl::StrSplit(AbslView(text), absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    if (column == 0 || column + 1 + word.size() > kColumns) {
      absl::StrAppend(&out, column == 0 ? "" : "\n", std::string(kIndent, ' '), word);
      column = kIndent + word.size();
    } else {
      absl::StrAppend(&out, " ", word);
      column += 1 + word.size();
    }
  }
  return out + "\n";
}

std::string Indented(std::string_view text) {
  std::string out;
  for (const absl::string_view line :
       absl::StrSplit(absl::StripAsciiWhitespace(AbslView(text)), '\n')) {
    absl::StrAppend(&out, line.empty() ? "" : "  ", line, "\n");
  }
  return out;
}

}  // namespace

// One pass over the arguments.
class CommandLine::Reader {
 public:
  Reader(const CommandLineSpec& spec, const std::vector<std::string>& args, Unknown unknown)
      : spec_(spec), args_(args), unknown_(unknown) {}

  absl::StatusOr<Result> Read() {
    // --help wins over everything, also over mistakes: somebody is asking.
    for (const std::string& arg : args_) {
      if (arg == "--") break;
      if (arg == "--help" || arg == "-h") result_.help = true;
    }
    if (result_.help) {
      for (const std::string& arg : args_) {
        if (arg[0] != '-') result_.positional.push_back(arg);
      }
      return result_;
    }
    while (next_ < args_.size()) {
      const std::string& arg = args_[next_++];
      absl::Status status;
      if (arg == "--") {
        while (next_ < args_.size()) result_.positional.push_back(args_[next_++]);
      } else if (arg == "--version") {
        result_.version = true;
      } else if (absl::StartsWith(arg, "--")) {
        status = ReadLong(arg);
      } else if (arg.size() > 1 && arg[0] == '-') {
        status = ReadShort(arg);
      } else {
        result_.positional.push_back(arg);
      }
      if (!status.ok()) return status;
    }
    return std::move(result_);
  }

 private:
  absl::Status ReadLong(const std::string& arg) {
    const size_t equals = arg.find('=');
    const std::string shown = arg.substr(0, equals);
    const std::string name = Underscored(std::string_view(shown).substr(2));
    std::optional<std::string> value;
    if (equals != std::string::npos) value = arg.substr(equals + 1);

    if (spec_.config_options && name == "option") return ReadOptionPair(shown, std::move(value));
    for (const CommandLineFlag& flag : spec_.flags) {
      if (Underscored(flag.name) == name) return SetFlag(flag, shown, std::move(value));
    }
    if (absl::StartsWith(name, "no") && !value) {
      const std::string positive = name.substr(name.size() > 2 && name[2] == '_' ? 3 : 2);
      if (IsBooleanFlag(positive)) return Assign(positive, shown, "false");
    }
    if (spec_.config_options && FindOption(name) != nullptr) {
      return SetOption(*FindOption(name), shown, std::move(value));
    }
    return NotKnown(shown, name, value.has_value());
  }

  // "-c FILE", "-cFILE" and "-f".
  absl::Status ReadShort(const std::string& arg) {
    for (const CommandLineFlag& flag : spec_.flags) {
      if (flag.letter == 0 || flag.letter != arg[1]) continue;
      std::optional<std::string> value;
      if (arg.size() > 2) value = arg.substr(2);
      if (value && flag.placeholder.empty()) return Problem(arg, "this flag takes no value");
      return SetFlag(flag, arg.substr(0, 2), std::move(value));
    }
    return NotKnown(arg, Underscored(std::string_view(arg).substr(1)), arg.size() > 2);
  }

  absl::Status SetFlag(const CommandLineFlag& flag, const std::string& shown,
                       std::optional<std::string> value) {
    const std::string name = Underscored(flag.name);
    if (absl::FindCommandLineFlag(name) == nullptr) {
      return SetOption(*FindOption(name), shown, std::move(value));
    }
    if (!value && flag.placeholder.empty()) value = "true";
    if (!value && !TakeNext(&value)) return NeedsValue(shown, flag.placeholder);
    return Assign(name, shown, *value);
  }

  absl::Status Assign(const std::string& name, const std::string& shown, const std::string& value) {
    absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    if (flag == nullptr) {
      result_.options.emplace_back(name, value);
      return absl::OkStatus();
    }
    std::string error;
    if (flag->ParseFrom(value, &error)) return absl::OkStatus();
    return Problem(shown,
                   absl::StrCat("cannot take \"", value, "\"", error.empty() ? "" : ": ", error));
  }

  absl::Status SetOption(const OptionSpec& option, const std::string& shown,
                         std::optional<std::string> value) {
    if (!value && option.type == OptionType::kBool) {
      const bool follows = next_ < args_.size() && IsBooleanText(args_[next_]);
      value = follows ? args_[next_++] : "true";
    }
    if (!value && !TakeNext(&value)) return NeedsValue(shown, "VALUE");
    result_.options.emplace_back(option.name, *value);
    return absl::OkStatus();
  }

  absl::Status ReadOptionPair(const std::string& shown, std::optional<std::string> pair) {
    if (!pair && !TakeNext(&pair)) return NeedsValue(shown, "NAME=VALUE");
    const size_t equals = pair->find('=');
    if (equals == std::string::npos || equals == 0) {
      return Problem(shown, absl::StrCat("\"", *pair, "\" is not NAME=VALUE"));
    }
    result_.options.emplace_back(pair->substr(0, equals), pair->substr(equals + 1));
    return absl::OkStatus();
  }

  bool TakeNext(std::optional<std::string>* value) {
    if (next_ >= args_.size()) return false;
    *value = args_[next_++];
    return true;
  }

  bool IsBooleanFlag(const std::string& name) const {
    for (const CommandLineFlag& flag : spec_.flags) {
      if (Underscored(flag.name) == name) return flag.placeholder.empty();
    }
    const OptionSpec* const option = spec_.config_options ? FindOption(name) : nullptr;
    return option != nullptr && option->type == OptionType::kBool;
  }

  static absl::Status NeedsValue(const std::string& shown, const std::string& placeholder) {
    return Problem(shown, absl::StrCat("needs a value: ", shown, " ", placeholder));
  }

  absl::Status NotKnown(const std::string& shown, const std::string& name, bool has_value) {
    if (unknown_ == Unknown::kIgnore) {
      result_.ignored.push_back(shown);
      if (!has_value && next_ < args_.size() && args_[next_][0] != '-') ++next_;
      return absl::OkStatus();
    }
    std::string close;
    for (const CommandLineFlag& flag : spec_.flags) {
      if (!name.empty() && absl::StartsWith(Underscored(flag.name), name)) {
        absl::StrAppend(&close, close.empty() ? "" : " or ", "--", Dashed(flag.name));
      }
    }
    if (!close.empty()) {
      return Problem(shown, absl::StrCat("there is no such flag; did you mean ", close, "?"));
    }
    if (!spec_.config_options) return Problem(shown, "there is no such flag");
    // Config knows the names that are close.
    return Problem(shown,
                   absl::StrCat("there is no such flag; ", Config().Set(name, "").message()));
  }

  const CommandLineSpec& spec_;
  const std::vector<std::string>& args_;
  const Unknown unknown_;
  size_t next_ = 0;
  Result result_;
};

absl::StatusOr<CommandLine::Result> CommandLine::Parse(const std::vector<std::string>& args,
                                                       Unknown unknown) const {
  return Reader(spec_, args, unknown).Read();
}

std::string CommandLine::Help() const {
  std::string out;
  for (const std::string& form : spec_.usage) {
    absl::StrAppend(&out, out.empty() ? "Usage: " : "       ", spec_.program,
                    form.empty() ? "" : " ", form, "\n");
  }
  absl::StrAppend(&out, "\n", absl::StripAsciiWhitespace(spec_.summary), "\n");
  if (!spec_.examples.empty()) absl::StrAppend(&out, "\nExamples\n", Indented(spec_.examples));
  absl::StrAppend(&out, "\nFlags\n");
  for (const CommandLineFlag& flag : spec_.flags) {
    const std::string letter =
        flag.letter == 0 ? "" : absl::StrCat("-", std::string(1, flag.letter), ", ");
    absl::StrAppend(&out, "  ", letter, "--", Dashed(flag.name),
                    flag.placeholder.empty() ? "" : " ", flag.placeholder, "\n");
    const absl::CommandLineFlag* const defined = absl::FindCommandLineFlag(Underscored(flag.name));
    absl::StrAppend(
        &out, Wrapped(defined != nullptr ? defined->Help() : FindOption(flag.name)->description));
  }
  if (spec_.config_options) {
    absl::StrAppend(&out, "  --option NAME=VALUE, --NAME VALUE\n",
                    Wrapped("Sets any option of ceph.conf for this run, as in --ms-crc-data=false. "
                            "May be repeated."));
  }
  absl::StrAppend(&out, "  -h, --help\n", Wrapped("Shows this text."), "  --version\n",
                  Wrapped("Shows the version."));
  if (!spec_.footer.empty()) {
    absl::StrAppend(&out, "\n", absl::StripAsciiWhitespace(spec_.footer), "\n");
  }
  return out;
}

std::string CommandLine::Version() const {
  return absl::StrCat(spec_.program, " (Siphon) ", kSiphonVersion, "\n");
}

absl::Status ApplyOptions(const std::vector<std::pair<std::string, std::string>>& options,
                          Config* config) {
  for (const auto& [name, value] : options) {
    const absl::Status status = config->Set(name, value, Config::Source::kCommandLine);
    if (!status.ok())
      return Problem(absl::StrCat("--", Dashed(name)), std::string(status.message()));
  }
  return absl::OkStatus();
}

}  // namespace siphon
