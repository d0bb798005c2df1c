// PoolOption: the optional settings of a pool, which its map keeps by number (Ceph's pool_opts_t).
//
// Source: OSD maps of Ceph 16.2.15, observed.
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_STATE_POOL_OPTIONS_H_
#define SIPHON_SERVICES_MON_STATE_POOL_OPTIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "nlohmann/json.hpp"

namespace siphon::mon {

using PoolOptionValue = std::variant<std::string, int64_t, double>;

struct PoolOption {
  enum Type { kText, kNumber, kSize, kReal };
  const char* name;
  int32_t key;
  Type type;
  const char* choices = "";  // "a|b" of a text or, by their positions, of a number
  int64_t min = 0;           // of a number, if min < max
  int64_t max = 0;
};

// In the order of their numbers.
absl::Span<const PoolOption> PoolOptions();
const PoolOption* FindPoolOption(std::string_view name);  // null for none
// InvalidArgument: the value cannot be.
absl::StatusOr<PoolOptionValue> ParsePoolOption(const PoolOption& option, std::string_view value);
// "unset" and the like: a value that takes the option away.
bool UnsetsPoolOption(const PoolOptionValue& value);
// As `ceph osd pool get` shows it: checksums by name.
nlohmann::ordered_json PoolOptionJson(const PoolOption& option, const PoolOptionValue& value);
// As the map's dump shows it: checksums by number.
nlohmann::ordered_json RawPoolOptionJson(const PoolOptionValue& value);

// Those that are set, in the order of their names.
std::map<std::string, const PoolOptionValue*> PoolOptionsByName(
    const std::map<int32_t, PoolOptionValue>& options);

// A number of bytes or objects: "10M" is 10 << 20, or with `decimal` 10,000,000.
absl::StatusOr<int64_t> ParseSize(std::string_view text, bool decimal);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_POOL_OPTIONS_H_
