// EventDriver: what an EventCenter asks of the kernel.
//
// A driver watches file descriptors for readiness and sleeps until something is ready, a time-out
// passes or Wake() is called. Drivers differ in how they ask (epoll, poll, io_uring, a simulated
// kernel); they are equal in what they promise, and event_driver_conformance_test.cc holds every
// one to it:
//   - readiness is level-like: what is still ready at the next Wait() is reported again, unless its
//     watch was removed or narrowed;
//   - hang-up and error are reported as readable and writable together, so that the next read or
//     write finds the errno;
//   - a descriptor removed during a round is not reported later in that round.
//
// Threads: all methods belong to the owning EventCenter's thread, except Wake(), which any thread
// may call between Init() and destruction.
#ifndef SIPHON_EVENT_EVENT_DRIVER_H_
#define SIPHON_EVENT_EVENT_DRIVER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace siphon {

// What a descriptor is watched, or found ready, for.
using EventMask = uint8_t;
inline constexpr EventMask kEventNone = 0;
inline constexpr EventMask kEventReadable = 1;
inline constexpr EventMask kEventWritable = 2;

struct FiredEvent {
  int fd;
  EventMask mask;
};

class EventDriver {
 public:
  virtual ~EventDriver() = default;

  // "epoll", "poll", ...
  virtual std::string_view name() const = 0;

  // Prepares room for `expected` descriptors; more are accepted later.
  // Unavailable: the kernel refuses this driver (the message says why and which driver to use).
  virtual absl::Status Init(int expected) = 0;

  // Sets what `fd` is watched for: from `current` (kEventNone when new) to `wanted` (kEventNone
  // ends the watch). ResourceExhausted: the kernel has no room for another watch.
  virtual absl::Status Update(int fd, EventMask current, EventMask wanted) = 0;

  // Sleeps until a watched descriptor is ready, `timeout` passes (negative: for ever; zero: does
  // not sleep) or Wake() was called since the last Wait(). Replaces the contents of `fired`.
  // Time-outs are rounded up, so that a timer is due when the wait for it ends. A signal may end it
  // early, with nothing in `fired`.
  virtual void Wait(absl::Duration timeout, std::vector<FiredEvent>* fired) = 0;

  // Makes a Wait() under way, or else the next one, return at once. Any thread. Several calls
  // before a Wait() count as one.
  virtual void Wake() = 0;
};

}  // namespace siphon

#endif  // SIPHON_EVENT_EVENT_DRIVER_H_
