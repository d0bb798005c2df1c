// BusyLoop: a client's dispatcher that plays ping-pong on a connection as fast as it goes, for so
// long, and tells how fast that was. What else is to happen meanwhile happens in its turns.
//
// The next ping is sent where the pong is taken, on the worker: what holds the worker back shows.
// Ownership: outlives the messenger it is added to. Threads: Run() any but a worker, one at a time.
#ifndef SIPHON_TESTING_SCENARIOS_BUSY_LOOP_H_
#define SIPHON_TESTING_SCENARIOS_BUSY_LOOP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/buffer.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/message.h"

namespace siphon {

class BusyLoop final : public Dispatcher {
 public:
  struct Speed {
    double per_second = 0;   // round trips
    double slowest = 0;      // per second, in the slowest window
    absl::Duration longest;  // of the round trips
  };

  explicit BusyLoop(size_t data) : data_(Buffer::Allocate(data)) {}

  // Plays for `duration`. `turn` (optional) is called on the worker after each round trip, with the
  // time since the beginning; `meanwhile` (optional) on the caller's thread, each 10 ms. Nothing:
  // no pong came within half a minute.
  std::optional<Speed> Run(const ConnectionPtr& connection, absl::Duration duration,
                           std::function<void(absl::Duration)> turn = nullptr,
                           const std::function<void()>& meanwhile = nullptr);

  bool CanFastDispatchAny() const override { return true; }
  bool CanFastDispatch(const Message&) const override { return true; }
  void FastDispatch(MessagePtr message) override;
  bool Dispatch(MessagePtr& message) override;

 private:
  // Speeds are told apart by windows of this length, or of a run's tenth if that is shorter.
  static constexpr absl::Duration kWindow = absl::Seconds(1);

  void SendPing(const ConnectionPtr& connection);
  void EndWindow(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Buffer data_;
  std::function<void(absl::Duration)> turn_;  // set while nothing is on its way

  Mutex mutex_;
  CondVar changed_;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time begun_ ABSL_GUARDED_BY(mutex_);
  absl::Time end_ ABSL_GUARDED_BY(mutex_);
  absl::Time sent_ ABSL_GUARDED_BY(mutex_);
  absl::Duration window_ ABSL_GUARDED_BY(mutex_);
  absl::Time window_begun_ ABSL_GUARDED_BY(mutex_);
  uint64_t window_trips_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t trips_ ABSL_GUARDED_BY(mutex_) = 0;
  Speed speed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_BUSY_LOOP_H_
