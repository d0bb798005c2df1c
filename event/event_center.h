// EventCenter: the event loop of one thread.
//
// Each round of ProcessEvents() does, in this order: wait in the driver; run the handlers of ready
// descriptors (readable, then writable; none for a watch that began in this round); run the timers
// that are due; run what other threads posted; run the end-of-round hooks. A connection, a listener
// and a timer belong to exactly one center for all their life and are touched only on its thread.
//
// Threads: the owner is the thread between SetOwner() and the end of its loop. Post(),
// SubmitAndWait() and Wake() may be called from any thread; everything else asserts that it runs on
// the owner's. A simulator may own several centers on one thread: being "in" a center is a property
// of the running round, not of the thread alone (see InCenter()).
#ifndef SIPHON_EVENT_EVENT_CENTER_H_
#define SIPHON_EVENT_EVENT_CENTER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "event/event_driver.h"

namespace siphon {

// Who is told that a descriptor is ready. Must live until its events are deleted; it may delete
// events (its own too) inside a call.
class FileEventHandler {
 public:
  virtual ~FileEventHandler() = default;
  virtual void OnReadable(int fd) = 0;
  virtual void OnWritable(int fd) = 0;
};

// Who is told once at the end of the round in which it asked (EventCenter::AtEndOfRound): the place
// to gather a round's output into one system call.
class EndOfRoundHook {
 public:
  // Whoever destroys a hook that may be scheduled calls CancelEndOfRound() first; this checks it.
  virtual ~EndOfRoundHook();
  virtual void OnEndOfRound() = 0;

 private:
  friend class EventCenter;
  bool scheduled_ = false;
};

// Names a timer; 0 is none. Never reused within a center.
using TimerId = uint64_t;

class EventCenter {
 public:
  using Task = absl::AnyInvocable<void()>;

  // The longest that a round waits when nothing is due.
  static constexpr absl::Duration kMaxWait = absl::Seconds(30);

  // `name` is for logs and thread names. `driver` is initialised already. `clock` outlives the
  // center.
  EventCenter(std::string name, std::unique_ptr<EventDriver> driver, Clock* clock);
  EventCenter(const EventCenter&) = delete;
  EventCenter& operator=(const EventCenter&) = delete;
  // Runs what is still posted, in the center, on the calling thread. The loop must have ended.
  ~EventCenter();

  // Makes the calling thread the owner.
  void SetOwner();
  // Gives ownership up, so that another thread may take it or the center be destroyed.
  void ClearOwner();
  // True on the owner's thread, within this center's round or outside any center's round.
  bool InCenter() const;

  // Adds `mask` to what `fd` is watched for. One handler a descriptor. ResourceExhausted: the
  // kernel has no room.
  absl::Status CreateFileEvent(int fd, EventMask mask, FileEventHandler* handler);
  // Takes `mask` away from what `fd` is watched for; a no-op for what was not watched.
  void DeleteFileEvent(int fd, EventMask mask);

  // Runs `task` once, when `delay` has passed (not before; at once in the next round for zero or
  // less). Timers that are due together run in the order of their times.
  TimerId CreateTimeEvent(absl::Duration delay, Task task);
  // A no-op for 0, an unknown or a past one.
  void DeleteTimeEvent(TimerId id);

  // Runs `task` on the owner's thread in the order of posting: in this round if it is posted while
  // descriptors or timers run, else in the next. Any thread. This is Ceph's
  // dispatch_event_external.
  void Post(Task task);
  // Runs `task` at once when called in the center, else posts it. Any thread.
  void Submit(Task task);
  // As Submit, and waits until it has run. Never from another center's thread (two that wait for
  // each other would stand still). The loop must be running.
  void SubmitAndWait(Task task);

  // Calls `hook` once at the end of this round (or of the next, outside a round). A hook may ask
  // again from its own call; it then runs in the next round, which does not sleep.
  void AtEndOfRound(EndOfRoundHook* hook);
  // Forgets `hook`; for its destructor.
  void CancelEndOfRound(EndOfRoundHook* hook);

  // One round. Waits `timeout` at most (and never past the next timer or kMaxWait, and not at all
  // if work is posted). Returns how many handlers, timers and tasks ran (hooks do not count);
  // `*working` (optional) becomes the time spent outside the wait.
  int ProcessEvents(absl::Duration timeout, absl::Duration* working = nullptr);

  // Ends a wait under way. Any thread.
  void Wake();

  // When the next timer is due, in the clock's monotonic nanoseconds; INT64_MAX when there is none.
  MonoNanos NextTimer() const;
  // True when a round would find posted work or an end-of-round hook.
  bool HasImmediateWork();

  const std::string& name() const { return name_; }
  EventDriver* driver() { return driver_.get(); }
  Clock* clock() { return clock_; }

  // The center whose round runs on this thread; null outside.
  static EventCenter* Current();

 private:
  struct FileEvent {
    FileEventHandler* handler = nullptr;
    uint32_t since_round = 0;  // the round in which the watch began
    EventMask mask = kEventNone;
  };

  bool OnOwnerThread() const;
  // Sleeps in the driver for `timeout` at most, unless there is work already.
  void WaitForEvents(absl::Duration timeout);
  int RunFileEvents();
  // Runs what was due at `now`, but nothing that was made in this round (ids from `first_new`).
  int RunTimers(MonoNanos now, TimerId first_new);
  int RunPosted();
  void RunHooks();

  const std::string name_;
  const std::unique_ptr<EventDriver> driver_;
  Clock* const clock_;
  std::atomic<uintptr_t> owner_{0};  // names the owner's thread; 0 for none

  std::vector<FileEvent> files_;  // by descriptor
  std::vector<FiredEvent> fired_;
  uint32_t round_ = 0;

  std::map<std::pair<MonoNanos, TimerId>, Task> timers_;
  absl::flat_hash_map<TimerId, MonoNanos> timer_due_;
  TimerId next_timer_ = 1;

  std::vector<EndOfRoundHook*> hooks_;
  std::vector<EndOfRoundHook*> running_hooks_;  // null where cancelled

  // Post() sets has_posted_ and then reads sleeping_; the loop sets sleeping_ and then reads
  // has_posted_ (all sequentially consistent). So either the loop sees the task before it sleeps,
  // or the poster sees that it must wake.
  std::atomic<bool> sleeping_{false};
  std::atomic<bool> has_posted_{false};  // written with mutex_ held
  Mutex mutex_;
  std::vector<Task> posted_ ABSL_GUARDED_BY(mutex_);
  std::vector<Task> running_posted_;
};

}  // namespace siphon

#endif  // SIPHON_EVENT_EVENT_CENTER_H_
