// ProgressMeter: one line on a terminal that shows how far a transfer is; nothing elsewhere.
//
// Threads: one.
#ifndef SIPHON_SERVICES_CLIENT_PROGRESS_METER_H_
#define SIPHON_SERVICES_CLIENT_PROGRESS_METER_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "base/clock.h"

namespace siphon::client {

// "64.0 MiB", "512 B".
std::string FormatBytes(double bytes);

class ProgressMeter {
 public:
  // Smaller transfers are over before a line could be read.
  static constexpr uint64_t kSmallBytes = uint64_t{16} << 20;
  static constexpr absl::Duration kInterval = absl::Milliseconds(100);

  // `label` names the transfer. `fd` gets the line if it is a terminal.
  ProgressMeter(std::string label, int fd, Clock* clock);
  // Removes the line.
  ~ProgressMeter();
  ProgressMeter(const ProgressMeter&) = delete;
  ProgressMeter& operator=(const ProgressMeter&) = delete;

  // `total` of 0: not known.
  void Update(uint64_t done, uint64_t total);

  // The line, for a transfer that runs for `elapsed`.
  static std::string Line(const std::string& label, uint64_t done, uint64_t total,
                          absl::Duration elapsed);

 private:
  const std::string label_;
  const int fd_;
  const bool on_;
  Clock* const clock_;
  const MonoNanos began_;
  MonoNanos drawn_ = 0;
  bool visible_ = false;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_PROGRESS_METER_H_
