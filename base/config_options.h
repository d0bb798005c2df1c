// The tables that AllOptions() is made of; only for base:config.
#ifndef SIPHON_BASE_CONFIG_OPTIONS_H_
#define SIPHON_BASE_CONFIG_OPTIONS_H_

#include "absl/types/span.h"
#include "base/config.h"

namespace siphon {

// The ms_* options: what a messenger does.
absl::Span<const OptionSpec> MessengerOptions();
// All others: what daemons and clients do.
absl::Span<const OptionSpec> ServiceOptions();

}  // namespace siphon

#endif  // SIPHON_BASE_CONFIG_OPTIONS_H_
