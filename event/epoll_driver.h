// EpollDriver: level-triggered epoll(7).
//
// Waits are exact to the nanosecond where the kernel has epoll_pwait2 (5.11), else rounded up to
// milliseconds.
//
// Threads and promises: EventDriver's.
#ifndef SIPHON_EVENT_EPOLL_DRIVER_H_
#define SIPHON_EVENT_EPOLL_DRIVER_H_

#include <sys/epoll.h>

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event_driver.h"
#include "event/wake_fd.h"

namespace siphon {

class EpollDriver final : public EventDriver {
 public:
  // `nanosecond_waits` false forgoes epoll_pwait2, as on an older kernel.
  explicit EpollDriver(bool nanosecond_waits = true) : nanosecond_waits_(nanosecond_waits) {}
  ~EpollDriver() override;

  std::string_view name() const override { return "epoll"; }
  absl::Status Init(int expected) override;
  absl::Status Update(int fd, EventMask current, EventMask wanted) override;
  void Wait(absl::Duration timeout, std::vector<FiredEvent>* fired) override;
  void Wake() override { wake_.Wake(); }

 private:
  // epoll_wait in the best way the kernel has. Returns the number of events or -1.
  int WaitInKernel(absl::Duration timeout);

  bool nanosecond_waits_;
  int epoll_fd_ = -1;
  WakeFd wake_;
  std::vector<epoll_event> events_;  // what one wait may report; doubled when it was full
};

}  // namespace siphon

#endif  // SIPHON_EVENT_EPOLL_DRIVER_H_
