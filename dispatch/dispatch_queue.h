// DispatchQueue: between the workers that read messages and the dispatchers that handle them.
//
// Messages wait by priority (strict from kPriorityLow upwards, weighted below, round robin among
// the connections of one priority) for one thread, "ms_dispatch", which asks the dispatchers in
// turn. Connection events wait at the highest priority, and no message's counts for more. Messages
// to oneself have a thread of their own, "ms_local", and otherwise take the same way.
//
// Memory: what waits here is bounded by throttle(), of which readers take before they read.
// Threads: any, unless said otherwise. Dispatchers are called, and messages destroyed, without a
// lock. Dispatchers may be added at any time; they get what is dispatched from then on.
#ifndef SIPHON_DISPATCH_DISPATCH_QUEUE_H_
#define SIPHON_DISPATCH_DISPATCH_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "dispatch/dispatcher_list.h"
#include "dispatch/prioritized_queue.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/message.h"
#include "msg/throttle.h"

namespace siphon {

class DispatchQueue {
 public:
  enum class Event { kConnect, kAccept, kReset, kRemoteReset, kRefused };

  struct Options {
    std::string name;                             // the messenger's, for logs and threads
    uint64_t throttle_bytes = 100 << 20;          // ms_dispatch_throttle_bytes
    uint64_t max_tokens_per_priority = 16777216;  // ms_pq_max_tokens_per_priority
    uint64_t min_cost = 65536;                    // ms_pq_min_cost
    Clock* clock = nullptr;
    // End the program over a message that no dispatcher takes (ms_die_on_unhandled_msg).
    bool die_on_unhandled = false;
    // Null: the queue runs its two threads. Else no thread is started, and this is called (any
    // thread) when work arrives and RunOne() has found none before; the owner then calls RunOne()
    // until it returns false. For simulators and single-threaded programs.
    std::function<void()> on_work = nullptr;
  };

  explicit DispatchQueue(Options options);
  ~DispatchQueue();  // after Wait()

  // --- Set-up.
  void AddDispatcherHead(Dispatcher* dispatcher) { dispatchers_.AddHead(dispatcher); }
  void AddDispatcherTail(Dispatcher* dispatcher) { dispatchers_.AddTail(dispatcher); }
  void Start();

  // --- From the workers.
  bool CanFastDispatch(const Message& message) const;
  // Every fast dispatcher looks at the message.
  void FastPreprocess(const Message& message);
  // The first fast dispatcher that accepts gets it. CanFastDispatch() must have said yes.
  void FastDispatch(MessagePtr message);
  // With `closed`: not if that is set, as whoever calls Discard() for good does before; then no
  // message of the connection is dispatched after a later one was discarded.
  void Enqueue(MessagePtr message, uint64_t connection_id,
               const std::atomic<bool>* closed = nullptr);
  void EnqueueEvent(Event event, ConnectionPtr connection);
  void FastConnect(const ConnectionPtr& connection);
  void FastAccept(const ConnectionPtr& connection);
  // A message to oneself; its connection is set.
  void DeliverLocal(MessagePtr message);
  // Drops the queued messages of a connection (not its events) and gives their throttle shares
  // back. What the dispatch thread has in hand at this moment is still dispatched. No-op for 0, the
  // id of events and local messages.
  void Discard(uint64_t connection_id);
  // What a reader takes of before it reads a message's body.
  const std::shared_ptr<Throttle>& throttle() const { return throttle_; }

  // --- Control.
  void Pause();
  void Resume();
  // Waits until nothing is queued or being dispatched. DeadlineExceeded, FailedPrecondition
  // (paused). Without threads of its own it dispatches everything here and now, on the owner's
  // thread.
  absl::Status Drain(absl::Duration timeout);
  DispatchQueueInfo Info() const;
  // Without threads of its own: dispatches one item, on the owner's thread; false when there was
  // none or it is paused.
  bool RunOne();

  // Lets the threads end: events that wait are still delivered (even if paused), messages that wait
  // are dropped, as is whatever comes after.
  void Shutdown();
  // Returns when the threads have ended.
  void Wait();

 private:
  struct Item {
    MessagePtr message;  // null for an event
    Event event = Event::kConnect;
    ConnectionPtr connection;
    MonoNanos arrived = 0;
  };
  void DispatchLoop();
  void LocalLoop();

  // There is something to dispatch, now.
  bool Runnable() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !queue_.empty() && (!paused_ || stopping_);
  }
  bool Idle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return queue_.empty() && local_.empty() && !dispatching_ && !delivering_;
  }
  void TellDrainersIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (drainers_ != 0 && Idle()) idle_.SignalAll();
  }
  // Whether the one who sleeps has to be woken, once: WakeDispatch() without the lock.
  bool TakeDispatchWake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeDispatch();

  // `stopping` is the state when the item was taken out: messages are dropped then.
  void RunItem(Item item, bool stopping);
  void RunLocal(MessagePtr message, bool stopping);
  void DispatchEvent(Event event, const ConnectionPtr& connection);
  void DispatchMessage(MessagePtr message);
  void OnUnhandled(const Message& message) const;

  const Options options_;
  const std::shared_ptr<Throttle> throttle_;
  DispatcherList dispatchers_;
  std::atomic<uint64_t> dispatched_{0};
  std::atomic<uint64_t> fast_dispatched_{0};

  mutable Mutex mutex_;
  CondVar work_;        // the dispatch thread's
  CondVar local_work_;  // the local delivery thread's
  CondVar idle_;        // Drain()'s
  PrioritizedQueue<Item> queue_ ABSL_GUARDED_BY(mutex_);
  std::deque<MessagePtr> local_ ABSL_GUARDED_BY(mutex_);
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool dispatch_asleep_ ABSL_GUARDED_BY(mutex_) = true;  // the thread, or the owner of on_work
  bool local_asleep_ ABSL_GUARDED_BY(mutex_) = true;
  bool dispatching_ ABSL_GUARDED_BY(mutex_) = false;  // an item of queue_ is in hand
  bool delivering_ ABSL_GUARDED_BY(mutex_) = false;   // a message of local_ is in hand
  int drainers_ ABSL_GUARDED_BY(mutex_) = 0;          // threads in Drain()

  std::thread dispatch_thread_;
  std::thread local_thread_;
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_DISPATCH_QUEUE_H_
