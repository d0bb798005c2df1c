// EventLoopThread: an EventCenter that runs on a thread of its own, for tests of what lives on one.
#ifndef SIPHON_TESTING_FAKES_EVENT_LOOP_THREAD_H_
#define SIPHON_TESTING_FAKES_EVENT_LOOP_THREAD_H_

#include <atomic>
#include <memory>
#include <thread>

#include "absl/time/time.h"
#include "base/clock.h"
#include "event/event_center.h"
#include "event/make_event_driver.h"

namespace siphon {

class EventLoopThread {
 public:
  EventLoopThread()
      : center_("test", MakeEventDriver("epoll").value(), &Clock::Real()), thread_([this] {
          center_.SetOwner();
          while (!stop_) center_.ProcessEvents(absl::Seconds(30));
          center_.ClearOwner();
        }) {}
  ~EventLoopThread() {
    center_.Post([this] { stop_ = true; });
    thread_.join();
  }
  EventCenter* center() { return &center_; }

 private:
  EventCenter center_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_FAKES_EVENT_LOOP_THREAD_H_
