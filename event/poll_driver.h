// PollDriver: poll(2), for where epoll is refused, and as the plain second opinion in tests.
//
// A wait costs time in proportion to the watched descriptors.
//
// Threads and promises: EventDriver's.
#ifndef SIPHON_EVENT_POLL_DRIVER_H_
#define SIPHON_EVENT_POLL_DRIVER_H_

#include <poll.h>

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event_driver.h"
#include "event/wake_fd.h"

namespace siphon {

class PollDriver final : public EventDriver {
 public:
  std::string_view name() const override { return "poll"; }
  absl::Status Init(int expected) override;
  absl::Status Update(int fd, EventMask current, EventMask wanted) override;
  void Wait(absl::Duration timeout, std::vector<FiredEvent>* fired) override;
  void Wake() override { wake_.Wake(); }

 private:
  void Remove(int fd);

  WakeFd wake_;
  std::vector<pollfd> polled_;  // the first is the wake-up's; the others in no order
  std::vector<size_t> slot_;    // by descriptor: its place in polled_, 0 for none
};

}  // namespace siphon

#endif  // SIPHON_EVENT_POLL_DRIVER_H_
