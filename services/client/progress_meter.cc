#include "services/client/progress_meter.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace siphon::client {
namespace {

constexpr int kBarWidth = 24;

void WriteAll(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n <= 0) return;  // a line for the eye only
    done += static_cast<size_t>(n);
  }
}

}  // namespace

std::string FormatBytes(double bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < std::size(kUnits)) {
    bytes /= 1024;
    ++unit;
  }
  if (unit == 0) return absl::StrFormat("%.0f B", bytes);
  return absl::StrFormat("%.1f %s", bytes, kUnits[unit]);
}

ProgressMeter::ProgressMeter(std::string label, int fd, Clock* clock)
    : label_(std::move(label)),
      fd_(fd),
      on_(isatty(fd) != 0),
      clock_(clock),
      began_(clock->Monotonic()) {}

ProgressMeter::~ProgressMeter() {
  if (visible_) WriteAll(fd_, "\r\x1b[K");
}

void ProgressMeter::Update(uint64_t done, uint64_t total) {
  if (!on_ || std::max(done, total) < kSmallBytes) return;
  const MonoNanos now = clock_->Monotonic();
  if (visible_ && now - drawn_ < absl::ToInt64Nanoseconds(kInterval)) return;
  drawn_ = now;
  visible_ = true;
  WriteAll(fd_, absl::StrCat("\r", Line(label_, done, total, absl::Nanoseconds(now - began_)),
                             "\x1b[K"));
}

std::string ProgressMeter::Line(const std::string& label, uint64_t done, uint64_t total,
                                absl::Duration elapsed) {
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 1e-3);
  const double rate = static_cast<double>(done) / seconds;
  std::string line = absl::StrCat(label, "  ");
  if (total > 0) {
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const int filled = static_cast<int>(part * kBarWidth);
    absl::StrAppend(&line, "[", std::string(static_cast<size_t>(filled), '#'),
                    std::string(static_cast<size_t>(kBarWidth - filled), '.'), "] ",
                    absl::StrFormat("%3.0f%%  ", part * 100));
  }
  absl::StrAppend(&line, FormatBytes(static_cast<double>(done)), "  ", FormatBytes(rate), "/s");
  if (total > done && rate > 0) {
    const double left = static_cast<double>(total - done) / rate;
    absl::StrAppend(&line, absl::StrFormat("  %.0f s left", left));
  }
  return line;
}

}  // namespace siphon::client
