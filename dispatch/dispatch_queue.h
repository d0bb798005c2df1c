// DispatchQueue: between the workers that read messages and the dispatchers that handle them.
//
// Messages wait by priority (strict from kPriorityLow upwards, weighted below, round robin among the
// connections of one priority) for one thread, "ms_dispatch", which asks the dispatchers in turn.
// Connection events wait at the highest priority. Messages to oneself have a thread of their own,
// "ms_local", and otherwise take the same way.
//
// Threads: any, unless said otherwise. Dispatchers are called without a lock. They are added before
// Start().
#ifndef SIPHON_DISPATCH_DISPATCH_QUEUE_H_
#define SIPHON_DISPATCH_DISPATCH_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "dispatch/prioritized_queue.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "dispatch/dispatcher.h"
#include "msg/message.h"
#include "msg/throttle.h"

namespace siphon {

class DispatchQueue {
 public:
  enum class Event { kConnect, kAccept, kReset, kRemoteReset, kRefused };

  struct Options {
    std::string name;                              // the messenger's, for logs and threads
    uint64_t throttle_bytes = 100 << 20;           // ms_dispatch_throttle_bytes
    uint64_t max_tokens_per_priority = 16777216;   // ms_pq_max_tokens_per_priority
    uint64_t min_cost = 65536;                     // ms_pq_min_cost
    Clock* clock = nullptr;
    // Null: the queue runs its two threads. Else no thread is started, and this is called (any
    // thread) whenever work arrives; the owner then calls RunOne() until it returns false. For
    // simulators and single-threaded programs.
    std::function<void()> on_work;
  };

  explicit DispatchQueue(Options options);
  ~DispatchQueue();  // after Wait()

  // --- Set-up.
  void AddDispatcherHead(Dispatcher* dispatcher);
  void AddDispatcherTail(Dispatcher* dispatcher);
  void Start();

  // --- From the workers.
  bool CanFastDispatch(const Message& message) const;
  // Every fast dispatcher looks at the message.
  void FastPreprocess(const Message& message);
  // The first fast dispatcher that accepts gets it. CanFastDispatch() must have said yes.
  void FastDispatch(MessagePtr message);
  void Enqueue(MessagePtr message, uint64_t connection_id);
  void EnqueueEvent(Event event, ConnectionPtr connection);
  void FastConnect(const ConnectionPtr& connection);
  void FastAccept(const ConnectionPtr& connection);
  // A message to oneself; its connection is set.
  void DeliverLocal(MessagePtr message);
  // Drops the queued messages of a connection (not its events) and gives their throttle shares back.
  void Discard(uint64_t connection_id);
  // What a reader takes of before it reads a message's body.
  const std::shared_ptr<Throttle>& throttle() const { return throttle_; }

  // --- Control.
  void Pause();
  void Resume();
  // Waits until nothing is queued or being dispatched. DeadlineExceeded, FailedPrecondition (paused).
  absl::Status Drain(absl::Duration timeout);
  DispatchQueueInfo Info() const;
  // Without threads of its own: dispatches one item; false when there was none or it is paused.
  bool RunOne();

  // Lets the threads end: events that wait are still delivered, messages are dropped.
  void Shutdown();
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
  void DispatchItem(Item item);
  void DispatchMessage(MessagePtr message);

  const Options options_;
  const std::shared_ptr<Throttle> throttle_;
  std::vector<Dispatcher*> dispatchers_;
  std::vector<Dispatcher*> fast_dispatchers_;

  mutable Mutex mutex_;
  CondVar work_;   // the dispatch thread's
  CondVar idle_;   // Drain()'s
  PrioritizedQueue<Item> queue_ ABSL_GUARDED_BY(mutex_);
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool dispatching_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread dispatch_thread_;
  std::thread local_thread_;
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_DISPATCH_QUEUE_H_
