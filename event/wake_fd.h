// WakeFd: the eventfd by which any thread ends a driver's wait.
//
// Several wakes before they are acknowledged cost one write.
//
// Threads: Wake() from any; the rest belongs to the driver's owner.
#ifndef SIPHON_EVENT_WAKE_FD_H_
#define SIPHON_EVENT_WAKE_FD_H_

#include <atomic>

#include "absl/status/status.h"

namespace siphon {

class WakeFd {
 public:
  WakeFd() = default;
  WakeFd(const WakeFd&) = delete;
  WakeFd& operator=(const WakeFd&) = delete;
  ~WakeFd();

  // Unavailable: the process or the machine has no descriptor left.
  absl::Status Init();
  int fd() const { return fd_; }

  // Makes fd() readable, with a new edge unless an unacknowledged one is there already.
  void Wake();
  // The wait that ends now has seen the wake. For an edge-triggered watch: fd() stays readable.
  void Acknowledge();
  // As Acknowledge(), and fd() is readable no more. For a level-triggered watch.
  void Drain();

 private:
  int fd_ = -1;
  std::atomic<bool> pending_{false};
};

}  // namespace siphon

#endif  // SIPHON_EVENT_WAKE_FD_H_
