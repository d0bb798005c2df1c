// FailureTracker: which OSDs report which others as dead.
//
// Each OSD counts once for a target, whatever it sends. A report is taken back by its reporter, or
// forgotten with the reporter or the target.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_STATE_FAILURE_TRACKER_H_
#define SIPHON_SERVICES_MON_STATE_FAILURE_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

namespace siphon::mon {

class FailureTracker {
 public:
  // Returns how many OSDs report `target` now.
  size_t Report(int32_t target, int32_t reporter);
  void Withdraw(int32_t target, int32_t reporter);
  size_t Reporters(int32_t target) const;
  // The OSD went down or came up: reports about it and by it are void.
  void Forget(int32_t osd);

 private:
  std::map<int32_t, std::set<int32_t>> reporters_;  // by target
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_FAILURE_TRACKER_H_
