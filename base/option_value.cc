#include "base/option_value.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

std::optional<bool> ParseBool(absl::string_view text) {
  for (const char* yes : {"true", "yes", "on", "1"}) {
    if (absl::EqualsIgnoreCase(text, yes)) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (absl::EqualsIgnoreCase(text, no)) return false;
  }
  return std::nullopt;
}

// "64K", "64Ki", "64KB", "64KiB", "65536" and "65536B" are the same.
std::optional<int64_t> ParseSize(absl::string_view text) {
  int shift = 0;
  if (!absl::ConsumeSuffix(&text, "iB") && !absl::ConsumeSuffix(&text, "i")) {
    absl::ConsumeSuffix(&text, "B");
  }
  constexpr absl::string_view kUnits = "kmgt";
  if (!text.empty()) {
    const size_t unit = kUnits.find(absl::ascii_tolower(static_cast<unsigned char>(text.back())));
    if (unit != absl::string_view::npos) {
      shift = 10 * static_cast<int>(unit + 1);
      text.remove_suffix(1);
    }
  }
  int64_t number;
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  if (number < 0 || number > (std::numeric_limits<int64_t>::max() >> shift)) return std::nullopt;
  return number << shift;
}

std::optional<double> ParseFloat(absl::string_view text) {
  double number;
  if (!absl::SimpleAtod(text, &number) || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<absl::Duration> ParseDuration(absl::string_view text) {
  if (const std::optional<double> seconds = ParseFloat(text)) return absl::Seconds(*seconds);
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) return std::nullopt;
  if (duration == absl::InfiniteDuration() || duration == -absl::InfiniteDuration()) {
    return std::nullopt;
  }
  return duration;
}

const char* Wanted(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "true or false";
    case OptionType::kInt:
      return "a whole number";
    case OptionType::kSize:
      return "a number of bytes, as in 65536, 64K or 100M";
    case OptionType::kFloat:
      return "a number";
    case OptionType::kDuration:
      return "seconds, or a number with a unit, as in 0.2, 200ms or 5m";
    case OptionType::kString:
      break;
  }
  return "a text";
}

template <typename T>
std::optional<OptionValue> Widen(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  return OptionValue(*value);
}

std::optional<OptionValue> Parse(OptionType type, absl::string_view text) {
  switch (type) {
    case OptionType::kBool:
      return Widen(ParseBool(text));
    case OptionType::kInt: {
      int64_t number;
      if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
      return OptionValue(number);
    }
    case OptionType::kSize:
      return Widen(ParseSize(text));
    case OptionType::kFloat:
      return Widen(ParseFloat(text));
    case OptionType::kDuration:
      return Widen(ParseDuration(text));
    case OptionType::kString:
      break;
  }
  return OptionValue(std::string(text));
}

// The number that bounds are about; nothing for a text.
std::optional<double> Number(const OptionValue& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* span = std::get_if<absl::Duration>(&value)) return absl::ToDoubleSeconds(*span);
  return std::nullopt;
}

// The shortest form that reads back to the same number, without an exponent.
std::string Digits(double number) {
  char text[400];
  const auto end = std::to_chars(text, text + sizeof(text), number, std::chars_format::fixed);
  return end.ec == std::errc() ? std::string(text, end.ptr) : absl::StrCat(number);
}

}  // namespace

absl::StatusOr<OptionValue> ParseOptionValue(const OptionSpec& spec, std::string_view text) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(AbslView(text));
  std::optional<OptionValue> value = Parse(spec.type, stripped);
  if (!value) {
    return absl::InvalidArgumentError(absl::StrCat("option ", spec.name, ": \"", AbslView(text),
                                                   "\" is not ", Wanted(spec.type)));
  }
  const std::optional<double> number = Number(*value);
  if (number && spec.min != spec.max && (*number < spec.min || *number > spec.max)) {
    return absl::InvalidArgumentError(absl::StrCat("option ", spec.name, ": ", stripped,
                                                   " is out of bounds; give ", Digits(spec.min),
                                                   " to ", Digits(spec.max)));
  }
  return *std::move(value);
}

std::string FormatOptionValue(const OptionValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<int64_t>(&value)) return absl::StrCat(*whole);
  if (const auto* number = std::get_if<double>(&value)) return Digits(*number);
  if (const auto* span = std::get_if<absl::Duration>(&value)) {
    return Digits(absl::ToDoubleSeconds(*span));
  }
  return std::get<std::string>(value);
}

}  // namespace siphon
