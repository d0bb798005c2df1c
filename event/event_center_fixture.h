// EventCenterTest: an EventCenter on the test's thread, over a driver and a clock that obey the
// test.
#ifndef SIPHON_EVENT_EVENT_CENTER_FIXTURE_H_
#define SIPHON_EVENT_EVENT_CENTER_FIXTURE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "event/event_center.h"
#include "event/event_driver.h"
#include "gtest/gtest.h"

namespace siphon {

inline constexpr absl::Duration kZero = absl::ZeroDuration();

class FakeClock : public Clock {
 public:
  absl::Time Now() override { return absl::UnixEpoch() + absl::Nanoseconds(now_); }
  MonoNanos Monotonic() override {
    ++reads;
    return now_;
  }
  void Advance(absl::Duration by) { now_ += absl::ToInt64Nanoseconds(by); }
  int reads = 0;

 private:
  MonoNanos now_ = 1'000'000'000;
};

// A driver whose waits pass on the fake clock, and whose descriptors are ready when a test says so.
class FakeDriver : public EventDriver {
 public:
  explicit FakeDriver(FakeClock* clock) : clock_(clock) {}
  std::string_view name() const override { return "fake"; }
  absl::Status Init(int /*expected*/) override { return absl::OkStatus(); }
  absl::Status Update(int fd, EventMask current, EventMask wanted) override {
    updates.push_back({fd, current, wanted});
    return next_update;
  }
  void Wait(absl::Duration timeout, std::vector<FiredEvent>* fired) override {
    waits.push_back(timeout);
    if (during_wait) during_wait();
    *fired = std::exchange(ready, {});
    if (fired->empty()) clock_->Advance(timeout);
  }
  void Wake() override { wakes.fetch_add(1); }

  struct Change {
    int fd;
    EventMask from, to;
    bool operator==(const Change&) const = default;
  };
  std::vector<Change> updates;
  absl::Status next_update;
  std::vector<absl::Duration> waits;
  std::vector<FiredEvent> ready;
  std::function<void()> during_wait;
  std::atomic<int> wakes{0};

 private:
  FakeClock* const clock_;
};

// Writes down its calls, and does what the test gave it to do.
class Recorder : public FileEventHandler {
 public:
  explicit Recorder(std::vector<std::string>* log) : log_(log) {}
  void OnReadable(int fd) override {
    log_->push_back("r" + std::to_string(fd));
    if (on_readable) on_readable();
  }
  void OnWritable(int fd) override { log_->push_back("w" + std::to_string(fd)); }
  std::function<void()> on_readable;

 private:
  std::vector<std::string>* const log_;
};

class EventCenterTest : public testing::Test {
 protected:
  EventCenterTest() { center_.SetOwner(); }

  EventCenter::Task Log(std::string word) {
    return [this, word] { log_.push_back(word); };
  }
  int Round(absl::Duration timeout = kZero) { return center_.ProcessEvents(timeout); }

  FakeClock clock_;
  FakeDriver* driver_ = new FakeDriver(&clock_);  // owned by center_
  std::vector<std::string> log_;
  Recorder recorder_{&log_};
  EventCenter center_{"test", std::unique_ptr<EventDriver>(driver_), &clock_};
};

}  // namespace siphon

#endif  // SIPHON_EVENT_EVENT_CENTER_FIXTURE_H_
