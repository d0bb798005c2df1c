// The text form of option values; only for base:config.
#ifndef SIPHON_BASE_OPTION_VALUE_H_
#define SIPHON_BASE_OPTION_VALUE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/config.h"

namespace siphon {

// InvalidArgument: `text` is no value of the option's type, or is out of its bounds.
absl::StatusOr<OptionValue> ParseOptionValue(const OptionSpec& spec, std::string_view text);

// In a form that ParseOptionValue() reads back to the same value.
std::string FormatOptionValue(const OptionValue& value);

}  // namespace siphon

#endif  // SIPHON_BASE_OPTION_VALUE_H_
