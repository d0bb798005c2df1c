// How long something has been, as much as a glance needs: "4s", "3m", "2h", "5d".
#ifndef SIPHON_SERVICES_MON_TEXT_AGE_TEXT_H_
#define SIPHON_SERVICES_MON_TEXT_AGE_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace siphon::mon {

inline std::string AgeText(absl::Duration age) {
  const int64_t seconds = absl::ToInt64Seconds(age);
  if (seconds < 120) return std::to_string(seconds) + "s";
  if (seconds < 120 * 60) return std::to_string(seconds / 60) + "m";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + "h";
  return std::to_string(seconds / 86400) + "d";
}

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_AGE_TEXT_H_
