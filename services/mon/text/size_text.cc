#include "services/mon/text/size_text.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace siphon::mon {
namespace {

std::string Scaled(uint64_t value, uint64_t base, const char* const* units, size_t unit_count) {
  size_t unit = 0;
  uint64_t scale = 1;
  while (unit + 1 < unit_count && value / scale >= base) {
    scale *= base;
    ++unit;
  }
  if (value % scale == 0) return absl::StrCat(value / scale, units[unit]);
  std::string number;
  for (int digits = 2; digits >= 0; --digits) {
    number =
        absl::StrFormat("%.*f", digits, static_cast<double>(value) / static_cast<double>(scale));
    if (number.size() <= 3) break;
  }
  return number + units[unit];
}

}  // namespace

std::string BytesText(uint64_t bytes) {
  constexpr const char* kUnits[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  return Scaled(bytes, 1024, kUnits, 7);
}

std::string DecimalText(uint64_t count) {
  constexpr const char* kUnits[] = {"", "k", "M", "G", "T", "P", "E"};
  return Scaled(count, 1000, kUnits, 7);
}

std::string PercentText(double part, double whole) {
  if (whole <= 0 || part <= 0) return "0";
  const double percent = 100 * part / whole;
  if (percent >= 99.5) return "100.00";
  return absl::StrFormat("%.2f", percent);
}

}  // namespace siphon::mon
