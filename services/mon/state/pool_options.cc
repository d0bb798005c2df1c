#include "services/mon/state/pool_options.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/absl_view.h"

namespace siphon::mon {
namespace {

constexpr char kChecksums[] = "|none|xxhash32|xxhash64|crc32c|crc32c_16|crc32c_8";

constexpr PoolOption kOptions[] = {
    {"scrub_min_interval", 0, PoolOption::kReal},
    {"scrub_max_interval", 1, PoolOption::kReal},
    {"deep_scrub_interval", 2, PoolOption::kReal},
    {"recovery_priority", 3, PoolOption::kNumber, "", -10, 10},
    {"recovery_op_priority", 4, PoolOption::kNumber},
    {"scrub_priority", 5, PoolOption::kNumber},
    {"compression_mode", 6, PoolOption::kText, "none|passive|aggressive|force|unset"},
    {"compression_algorithm", 7, PoolOption::kText, "none|snappy|zlib|zstd|lz4|unset"},
    {"compression_required_ratio", 8, PoolOption::kReal, "", 0, 1},
    {"compression_max_blob_size", 9, PoolOption::kSize},
    {"compression_min_blob_size", 10, PoolOption::kSize},
    {"csum_type", 11, PoolOption::kNumber, kChecksums},
    {"csum_max_block", 12, PoolOption::kSize},
    {"csum_min_block", 13, PoolOption::kSize},
    {"fingerprint_algorithm", 14, PoolOption::kText, "sha1|sha256|sha512"},
    {"pg_num_min", 15, PoolOption::kNumber},
    {"target_size_bytes", 16, PoolOption::kSize},
    {"target_size_ratio", 17, PoolOption::kReal},
    {"pg_autoscale_bias", 18, PoolOption::kReal, "", 0, 1000},
    {"read_lease_interval", 19, PoolOption::kReal},
    {"dedup_tier", 20, PoolOption::kNumber},
    {"dedup_chunk_algorithm", 21, PoolOption::kText, "fixed|fastcdc"},
    {"dedup_cdc_chunk_size", 22, PoolOption::kSize},
    {"pg_num_max", 23, PoolOption::kNumber},
};

absl::Status Bad(const PoolOption& option, std::string_view value) {
  std::string_view shown = option.name;
  std::string spaced;
  for (const char c : shown) spaced += c == '_' ? ' ' : c;
  return absl::InvalidArgumentError(
      absl::StrCat("unrecognized ", spaced, " '", AbslView(value), "'"));
}

absl::StatusOr<PoolOptionValue> ParseNumber(const PoolOption& option, std::string_view value) {
  int64_t number = 0;
  if (option.type == PoolOption::kSize) {
    const absl::StatusOr<int64_t> size = ParseSize(value, /*decimal=*/false);
    if (!size.ok()) return size.status();
    number = *size;
  } else if (!absl::SimpleAtoi(AbslView(value), &number)) {
    return absl::InvalidArgumentError(
        absl::StrCat("error parsing integer value '", AbslView(value), "'"));
  }
  if (option.min < option.max && (number < option.min || number > option.max))
    return absl::InvalidArgumentError(
        absl::StrCat("pool ", option.name, " must be between ", option.min, " and ", option.max));
  if (option.min == option.max && number < 0)
    return absl::InvalidArgumentError(absl::StrCat(option.name, " must not be negative"));
  return number;
}

}  // namespace

absl::Span<const PoolOption> PoolOptions() { return kOptions; }

const PoolOption* FindPoolOption(std::string_view name) {
  for (const PoolOption& option : kOptions)
    if (option.name == name) return &option;
  return nullptr;
}

absl::StatusOr<PoolOptionValue> ParsePoolOption(const PoolOption& option, std::string_view value) {
  if (option.choices[0] != '\0') {
    const std::vector<std::string> names = absl::StrSplit(option.choices, '|');
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i] != value || value.empty()) continue;
      if (option.type == PoolOption::kText) return std::string(value);
      return static_cast<int64_t>(i);
    }
    return Bad(option, value);
  }
  switch (option.type) {
    case PoolOption::kText:
      return std::string(value);
    case PoolOption::kNumber:
    case PoolOption::kSize:
      return ParseNumber(option, value);
    case PoolOption::kReal:
      break;
  }
  double number = 0;
  if (!absl::SimpleAtod(AbslView(value), &number) || !std::isfinite(number) || number < 0)
    return absl::InvalidArgumentError(
        absl::StrCat("error parsing float value '", AbslView(value), "'"));
  if (option.min < option.max && number > static_cast<double>(option.max))
    return absl::InvalidArgumentError(absl::StrCat(option.name, " is out of range (", option.min,
                                                   "-", option.max, "): '", AbslView(value), "'"));
  return number;
}

// Nothing and 0 mean "as the OSD's own configuration says".
bool UnsetsPoolOption(const PoolOptionValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty() || *text == "unset";
  if (const auto* number = std::get_if<int64_t>(&value)) return *number == 0;
  return std::get<double>(value) == 0;
}

nlohmann::ordered_json RawPoolOptionJson(const PoolOptionValue& value) {
  return std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
}

nlohmann::ordered_json PoolOptionJson(const PoolOption& option, const PoolOptionValue& value) {
  const auto* number = std::get_if<int64_t>(&value);
  if (number && option.choices[0] != '\0') {
    const std::vector<std::string> names = absl::StrSplit(option.choices, '|');
    if (*number > 0 && *number < static_cast<int64_t>(names.size())) return names[*number];
  }
  return RawPoolOptionJson(value);
}

std::map<std::string, const PoolOptionValue*> PoolOptionsByName(
    const std::map<int32_t, PoolOptionValue>& options) {
  std::map<std::string, const PoolOptionValue*> named;
  for (const PoolOption& option : kOptions)
    if (const auto it = options.find(option.key); it != options.end())
      named[option.name] = &it->second;
  return named;
}

absl::StatusOr<int64_t> ParseSize(std::string_view text, bool decimal) {
  std::string_view digits = text;
  int64_t factor = 1;
  if (digits.ends_with("iB") && !decimal)
    digits.remove_suffix(2);
  else if (digits.ends_with("B") && !decimal)
    digits.remove_suffix(1);
  constexpr std::string_view kUnits = "KMGTPE";
  const size_t unit = digits.empty() ? std::string_view::npos
                                     : kUnits.find(static_cast<char>(digits.back() & ~0x20));
  if (unit != std::string_view::npos && digits.back() >= 'A' && (digits.back() < 'a' || !decimal)) {
    for (size_t i = 0; i <= unit; ++i) factor *= decimal ? 1000 : 1024;
    digits.remove_suffix(1);
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(AbslView(digits), &number) || number < 0)
    return absl::InvalidArgumentError(
        absl::StrCat("error parsing value '", AbslView(text), "': give a number, as 10 or 10M"));
  if (number > std::numeric_limits<int64_t>::max() / factor)
    return absl::InvalidArgumentError(
        absl::StrCat("error parsing value '", AbslView(text), "': it is too large"));
  return number * factor;
}

}  // namespace siphon::mon
