#include "services/common/commands/command_args.h"

#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

std::string TextOf(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_structured() || value.is_null()) return "";
  return value.dump();
}

// Of a command that cannot be read, an answer repeats no more than this.
constexpr size_t kMaxEchoedBytes = 256;

absl::Status Bad(std::string_view name, const char* what) {
  return absl::InvalidArgumentError(
      absl::StrCat("bad or missing field '", AbslView(name), "': it is ", what));
}

}  // namespace

std::optional<int32_t> ParseOsdName(std::string_view text) {
  if (text.starts_with("osd.")) text.remove_prefix(4);
  int32_t osd = 0;
  if (text.empty() || !absl::SimpleAtoi(AbslView(text), &osd) || osd < 0) return std::nullopt;
  return osd;
}

absl::StatusOr<CommandArgs> CommandArgs::Parse(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (text.size() + word.size() > kMaxBytes)
      return absl::InvalidArgumentError("the command is longer than a megabyte");
    text += word;
  }
  CommandArgs args;
  args.object_ = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const std::string shown = text.substr(0, kMaxEchoedBytes);
  if (args.object_.is_discarded())
    return absl::InvalidArgumentError(absl::StrCat("unparseable JSON ", shown));
  if (!args.object_.is_object())
    return absl::InvalidArgumentError(absl::StrCat("not JSON object ", shown));
  args.prefix_ = args.Text("prefix");
  args.format_ = args.Text("format");
  if (args.prefix_.empty())
    return absl::InvalidArgumentError(args.Has("prefix") ? "command prefix must not be empty"
                                                         : "command prefix not found");
  return args;
}

const nlohmann::json* CommandArgs::Find(std::string_view name) const {
  const auto it = object_.find(std::string(name));
  return it == object_.end() || it->is_null() ? nullptr : &*it;
}

std::vector<std::string> CommandArgs::Names() const {
  std::vector<std::string> names;
  for (const auto& item : object_.items()) names.push_back(item.key());
  return names;
}

bool CommandArgs::Has(std::string_view name) const { return Find(name) != nullptr; }

std::string CommandArgs::Text(std::string_view name) const {
  const nlohmann::json* value = Find(name);
  return value ? TextOf(*value) : "";
}

std::vector<std::string> CommandArgs::List(std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (!value) return {};
  if (!value->is_array()) return {TextOf(*value)};
  std::vector<std::string> list;
  for (const nlohmann::json& item : *value) list.push_back(TextOf(item));
  return list;
}

// A switch is true, or its own name as "--yes-i-really-mean-it".
bool CommandArgs::Flag(std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (!value) return false;
  if (value->is_boolean()) return value->get<bool>();
  const std::string text = TextOf(*value);
  return text == "true" || text.starts_with("--");
}

absl::StatusOr<std::optional<int64_t>> CommandArgs::Int(std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (!value) return std::optional<int64_t>();
  int64_t number = 0;
  if (!absl::SimpleAtoi(TextOf(*value), &number)) return Bad(name, "not a whole number");
  return std::optional<int64_t>(number);
}

absl::StatusOr<std::optional<double>> CommandArgs::Real(std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (!value) return std::optional<double>();
  double number = 0;
  if (!absl::SimpleAtod(TextOf(*value), &number) || !std::isfinite(number))
    return Bad(name, "not a number");
  return std::optional<double>(number);
}

absl::StatusOr<std::optional<int32_t>> CommandArgs::Osd(std::string_view name) const {
  if (!Has(name)) return std::optional<int32_t>();
  const std::optional<int32_t> osd = ParseOsdName(Text(name));
  if (!osd) return Bad(name, "not an OSD; give a number or osd.NUMBER");
  return osd;
}

}  // namespace siphon
