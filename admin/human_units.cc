#include "admin/human_units.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace siphon {
namespace {

// Two digits at least: "1.5", "12".
std::string Short(double value) { return absl::StrFormat("%.*f", value < 9.95 ? 1 : 0, value); }

}  // namespace

std::string HumanBytes(double bytes) {
  if (bytes < 1023.5) return absl::StrFormat("%.0f B", bytes);
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  size_t unit = 0;
  for (bytes /= 1024; bytes >= 1023.5 && unit < 5; bytes /= 1024) ++unit;
  return absl::StrCat(Short(bytes), " ", kUnits[unit]);
}

std::string HumanCount(uint64_t count) {
  std::string out = absl::StrCat(count);
  for (size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

std::string HumanAge(absl::Duration age) {
  if (age <= absl::ZeroDuration()) return "0 s";
  const double seconds = absl::ToDoubleSeconds(age);
  if (seconds < 999.5e-6) return absl::StrFormat("%.0f us", seconds * 1e6);
  if (seconds < 0.9995) return absl::StrFormat("%.0f ms", seconds * 1e3);
  if (seconds < 119.5) return absl::StrCat(Short(seconds), " s");
  if (seconds < 7200) return absl::StrFormat("%.0f min", seconds / 60);
  if (seconds < 48 * 3600) return absl::StrCat(Short(seconds / 3600), " h");
  return absl::StrCat(Short(seconds / 86400), " d");
}

}  // namespace siphon
