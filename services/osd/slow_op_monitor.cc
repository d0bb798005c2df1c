#include "services/osd/slow_op_monitor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"

namespace siphon::osd {

SlowOpMonitor::SlowOpMonitor(std::string name, const OpTracker* tracker, Timer* timer)
    : name_(std::move(name)), tracker_(tracker), timer_(timer) {}

void SlowOpMonitor::Start() {
  MutexLock lock(mutex_);
  pending_ = timer_->After(kInterval, [this] { Check(); });
}

void SlowOpMonitor::Stop() {
  Timer::Id pending = 0;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    pending = std::exchange(pending_, 0);
  }
  timer_->Cancel(pending);
  timer_->Drain();
}

std::string SlowOpMonitor::Complaint() const {
  const OpTracker::Slow slow = tracker_->FindSlow();
  if (slow.count == 0) return "";
  return absl::StrCat(name_, ": ", slow.count, " slow ops, oldest for ",
                      absl::ToInt64Seconds(slow.longest), " s: ", slow.oldest);
}

void SlowOpMonitor::Check() {
  const std::string complaint = Complaint();
  LOG_IF(WARNING, !complaint.empty()) << complaint;
  MutexLock lock(mutex_);
  if (!stopped_) pending_ = timer_->After(kInterval, [this] { Check(); });
}

}  // namespace siphon::osd
