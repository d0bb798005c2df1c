#include "services/mon/state/failure_tracker.h"

#include <iterator>

namespace siphon::mon {

size_t FailureTracker::Report(int32_t target, int32_t reporter) {
  std::set<int32_t>& reporters = reporters_[target];
  reporters.insert(reporter);
  return reporters.size();
}

void FailureTracker::Withdraw(int32_t target, int32_t reporter) {
  const auto it = reporters_.find(target);
  if (it == reporters_.end()) return;
  it->second.erase(reporter);
  if (it->second.empty()) reporters_.erase(it);
}

size_t FailureTracker::Reporters(int32_t target) const {
  const auto it = reporters_.find(target);
  return it == reporters_.end() ? 0 : it->second.size();
}

void FailureTracker::Forget(int32_t osd) {
  reporters_.erase(osd);
  for (auto it = reporters_.begin(); it != reporters_.end();) {
    it->second.erase(osd);
    it = it->second.empty() ? reporters_.erase(it) : std::next(it);
  }
}

}  // namespace siphon::mon
