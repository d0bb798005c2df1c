// SimEventDriver: the EventDriver of a simulated worker, over pseudo descriptors.
//
// It never sleeps: the world runs a round of its center when ReadyAt() has come. Ready descriptors
// are told in an order that the seed chooses, and not always all of them at once.
//
// SimDescriptors are the open descriptors of one simulated process; like a kernel's they are
// reused, lowest first. Threads: one.
#ifndef SIPHON_TESTING_SIM_SIM_EVENT_DRIVER_H_
#define SIPHON_TESTING_SIM_SIM_EVENT_DRIVER_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event_driver.h"
#include "testing/sim/sim_clock.h"
#include "testing/sim/sim_random.h"

namespace siphon {

// What a pseudo descriptor names.
class SimFile {
 public:
  virtual ~SimFile() = default;
  // When it becomes ready (or became: then any time up to now); kNever if only another event can
  // bring that about. A mask of one bit.
  virtual MonoNanos ReadyAt(EventMask mask) const = 0;
};

class SimDescriptors {
 public:
  int Open(SimFile* file);
  void Close(int fd) { files_[static_cast<size_t>(fd)] = nullptr; }
  SimFile* Find(int fd) const {
    const auto index = static_cast<size_t>(fd);
    return index < files_.size() ? files_[index] : nullptr;
  }
  size_t open() const;

 private:
  std::vector<SimFile*> files_;
};

class SimEventDriver final : public EventDriver {
 public:
  SimEventDriver(const SimDescriptors* descriptors, const SimClock* clock, SimRandom* random)
      : descriptors_(descriptors), clock_(clock), random_(random) {}

  std::string_view name() const override { return "simulated"; }
  absl::Status Init(int) override { return absl::OkStatus(); }
  absl::Status Update(int fd, EventMask current, EventMask wanted) override;
  void Wait(absl::Duration timeout, std::vector<FiredEvent>* fired) override;
  void Wake() override { woken_ = true; }

  // When a watched descriptor is ready, or 0 after Wake().
  MonoNanos ReadyAt() const;

 private:
  const SimDescriptors* const descriptors_;
  const SimClock* const clock_;
  SimRandom* const random_;
  std::vector<EventMask> watched_;  // by descriptor
  bool woken_ = false;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_EVENT_DRIVER_H_
