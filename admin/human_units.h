// Numbers as people read them.
#ifndef SIPHON_ADMIN_HUMAN_UNITS_H_
#define SIPHON_ADMIN_HUMAN_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace siphon {

std::string HumanBytes(double bytes);      // "0 B", "1.5 KiB", "3.0 MiB"
std::string HumanCount(uint64_t count);    // "1,234,567"
std::string HumanAge(absl::Duration age);  // "250 us", "1.5 s", "12 min", "3.1 h", "2.0 d"

}  // namespace siphon

#endif  // SIPHON_ADMIN_HUMAN_UNITS_H_
