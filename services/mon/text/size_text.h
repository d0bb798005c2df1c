// Sizes and counts as Ceph 16.2 prints them in tables: three digits and a unit.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_SIZE_TEXT_H_
#define SIPHON_SERVICES_MON_TEXT_SIZE_TEXT_H_

#include <cstdint>
#include <string>

namespace siphon::mon {

// "0 B", "1.4 MiB", "12 GiB".
std::string BytesText(uint64_t bytes);
// "100", "1.5k", "2M": by thousands.
std::string DecimalText(uint64_t count);
// Of `whole`, in percent: "0.04"; "0" for nothing.
std::string PercentText(double part, double whole);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_SIZE_TEXT_H_
