#include "dispatch/dispatch_queue.h"

#include <glog/logging.h>
#include <pthread.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "msg/message_header.h"

namespace siphon {
namespace {

// The class of events and of local messages, which Discard() never removes.
constexpr uint64_t kOwnClass = 0;

}  // namespace

DispatchQueue::DispatchQueue(Options options)
    : options_(std::move(options)),
      throttle_(std::make_shared<Throttle>(absl::StrCat("msgr_dispatch_throttler-", options_.name),
                                           options_.throttle_bytes)),
      queue_(options_.max_tokens_per_priority, options_.min_cost) {
  CHECK(options_.clock != nullptr) << options_.name << ": a dispatch queue needs a clock";
}

DispatchQueue::~DispatchQueue() {
  CHECK(!dispatch_thread_.joinable() && !local_thread_.joinable())
      << options_.name << ": destroyed before Wait()";
}

void DispatchQueue::Start() {
  if (options_.on_work) return;
  dispatch_thread_ = std::thread([this] { DispatchLoop(); });
  local_thread_ = std::thread([this] { LocalLoop(); });
  pthread_setname_np(dispatch_thread_.native_handle(), "ms_dispatch");
  pthread_setname_np(local_thread_.native_handle(), "ms_local");
}

// --- From the workers.

bool DispatchQueue::CanFastDispatch(const Message& message) const {
  for (const Dispatcher* dispatcher : dispatchers_.fast()) {
    if (dispatcher->CanFastDispatch(message)) return true;
  }
  return false;
}

void DispatchQueue::FastPreprocess(const Message& message) {
  for (Dispatcher* dispatcher : dispatchers_.fast()) dispatcher->FastPreprocess(message);
}

void DispatchQueue::FastDispatch(MessagePtr message) {
  message->stamps().dispatched = options_.clock->Monotonic();
  const ThrottleShare share = message->TakeDispatchShare();
  for (Dispatcher* dispatcher : dispatchers_.fast()) {
    if (!dispatcher->CanFastDispatch(*message)) continue;
    fast_dispatched_.fetch_add(1, std::memory_order_relaxed);
    dispatcher->FastDispatch(std::move(message));
    return;
  }
  OnUnhandled(*message);
}

void DispatchQueue::Enqueue(MessagePtr message, uint64_t connection_id,
                            const std::atomic<bool>* closed) {
  const int priority = std::min(message->priority(), kPriorityHighest);
  const uint64_t bytes = message->TotalSize();
  Item item;
  item.arrived = message->stamps().received;
  if (item.arrived == 0) item.arrived = options_.clock->Monotonic();
  item.message = std::move(message);
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (!stopping_ && (closed == nullptr || !closed->load(std::memory_order_acquire))) {
      if (priority >= kPriorityLow) {
        queue_.EnqueueStrict(connection_id, priority, std::move(item));
      } else {
        queue_.Enqueue(connection_id, priority, bytes, std::move(item));
      }
    }
    wake = TakeDispatchWake();
  }
  if (wake) WakeDispatch();
  // A message that is not queued ends here, with `item`.
}

void DispatchQueue::EnqueueEvent(Event event, ConnectionPtr connection) {
  Item item;
  item.event = event;
  item.connection = std::move(connection);
  item.arrived = options_.clock->Monotonic();
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (!stopping_) queue_.EnqueueStrict(kOwnClass, kPriorityHighest, std::move(item));
    wake = TakeDispatchWake();
  }
  if (wake) WakeDispatch();
}

void DispatchQueue::FastConnect(const ConnectionPtr& connection) {
  for (Dispatcher* dispatcher : dispatchers_.fast()) dispatcher->HandleFastConnect(connection);
}

void DispatchQueue::FastAccept(const ConnectionPtr& connection) {
  for (Dispatcher* dispatcher : dispatchers_.fast()) dispatcher->HandleFastAccept(connection);
}

void DispatchQueue::DeliverLocal(MessagePtr message) {
  message->stamps().received = message->stamps().complete = options_.clock->Monotonic();
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (!stopping_) local_.push_back(std::move(message));
    if (options_.on_work) {
      wake = std::exchange(dispatch_asleep_, false);
    } else {
      wake = std::exchange(local_asleep_, false);
    }
  }
  if (!wake) return;
  if (options_.on_work) {
    options_.on_work();
  } else {
    local_work_.Signal();
  }
}

void DispatchQueue::Discard(uint64_t connection_id) {
  if (connection_id == kOwnClass) return;
  std::vector<Item> removed;  // destroyed after the lock, which gives the shares back
  MutexLock lock(mutex_);
  removed = queue_.RemoveByClass(connection_id);
  TellDrainersIfIdle();
}

// --- Control.

void DispatchQueue::Pause() {
  MutexLock lock(mutex_);
  paused_ = true;
  if (drainers_ != 0) idle_.SignalAll();
}

void DispatchQueue::Resume() {
  bool wake = false;
  {
    MutexLock lock(mutex_);
    paused_ = false;
    wake = TakeDispatchWake();
  }
  if (wake) WakeDispatch();
}

absl::Status DispatchQueue::Drain(absl::Duration timeout) {
  // Real time in any case: it is a person who waits, and no longer than that.
  timeout = std::min(timeout, absl::Hours(24));
  const MonoNanos deadline = Clock::Real().Monotonic() + absl::ToInt64Nanoseconds(timeout);
  if (options_.on_work) {
    while (RunOne()) {
    }
  }
  MutexLock lock(mutex_);
  ++drainers_;
  absl::Status status;
  while (!Idle() && status.ok()) {
    const MonoNanos left = deadline - Clock::Real().Monotonic();
    if (paused_ && !stopping_) {
      status = absl::FailedPreconditionError(
          absl::StrCat(options_.name, ": dispatching is paused; resume it to drain the queue"));
    } else if (left <= 0) {
      status = absl::DeadlineExceededError(
          absl::StrCat(options_.name, ": ", queue_.size() + local_.size(),
                       " messages still wait after ", absl::FormatDuration(timeout)));
    } else {
      idle_.WaitFor(mutex_, absl::Nanoseconds(left));
    }
  }
  --drainers_;
  return status;
}

DispatchQueueInfo DispatchQueue::Info() const {
  const Throttle::Stats throttle = throttle_->stats();
  const MonoNanos now = options_.clock->Monotonic();
  MonoNanos oldest = now;
  DispatchQueueInfo info;
  info.throttle_bytes = throttle.current;
  info.throttle_max = throttle.max;
  info.dispatched_total = dispatched_.load(std::memory_order_relaxed);
  info.fast_dispatched_total = fast_dispatched_.load(std::memory_order_relaxed);
  MutexLock lock(mutex_);
  info.paused = paused_;
  info.messages = queue_.size();
  info.local_messages = local_.size();
  queue_.ForEachFront([&oldest](const Item& item) { oldest = std::min(oldest, item.arrived); });
  info.oldest = absl::Nanoseconds(now - oldest);
  queue_.ForEachPriority([&info](int priority, size_t messages) {
    info.by_priority.push_back({.priority = priority, .messages = messages});
  });
  return info;
}

bool DispatchQueue::TakeDispatchWake() {
  return Runnable() && std::exchange(dispatch_asleep_, false);
}

void DispatchQueue::WakeDispatch() {
  if (options_.on_work) {
    options_.on_work();
  } else {
    work_.Signal();
  }
}

// --- Dispatching.

void DispatchQueue::DispatchLoop() {
  while (true) {
    Item item;
    bool stopping = false;
    {
      MutexLock lock(mutex_);
      dispatching_ = false;
      TellDrainersIfIdle();
      while (!Runnable()) {
        if (stopping_) return;
        dispatch_asleep_ = true;
        work_.Wait(mutex_);
      }
      dispatch_asleep_ = false;
      item = queue_.Dequeue();
      dispatching_ = true;
      stopping = stopping_;
    }
    RunItem(std::move(item), stopping);
  }
}

void DispatchQueue::LocalLoop() {
  while (true) {
    MessagePtr message;
    bool stopping = false;
    {
      MutexLock lock(mutex_);
      delivering_ = false;
      TellDrainersIfIdle();
      while (local_.empty()) {
        if (stopping_) return;
        local_asleep_ = true;
        local_work_.Wait(mutex_);
      }
      local_asleep_ = false;
      message = std::move(local_.front());
      local_.pop_front();
      delivering_ = true;
      stopping = stopping_;
    }
    RunLocal(std::move(message), stopping);
  }
}

bool DispatchQueue::RunOne() {
  Item item;
  MessagePtr local;
  bool stopping = false;
  {
    MutexLock lock(mutex_);
    stopping = stopping_;
    if (!local_.empty()) {
      local = std::move(local_.front());
      local_.pop_front();
    } else if (Runnable()) {
      item = queue_.Dequeue();
    } else {
      dispatch_asleep_ = true;
      return false;
    }
  }
  if (local) {
    RunLocal(std::move(local), stopping);
  } else {
    RunItem(std::move(item), stopping);
  }
  return true;
}

void DispatchQueue::RunItem(Item item, bool stopping) {
  if (!item.message) {
    DispatchEvent(item.event, item.connection);
  } else if (!stopping) {
    DispatchMessage(std::move(item.message));
  }
}

void DispatchQueue::RunLocal(MessagePtr message, bool stopping) {
  if (stopping) return;
  FastPreprocess(*message);
  if (CanFastDispatch(*message)) {
    FastDispatch(std::move(message));
  } else {
    Enqueue(std::move(message), kOwnClass);
  }
}

void DispatchQueue::DispatchEvent(Event event, const ConnectionPtr& connection) {
  for (Dispatcher* dispatcher : dispatchers_.all()) {
    switch (event) {
      case Event::kConnect:
        dispatcher->HandleConnect(connection);
        break;
      case Event::kAccept:
        dispatcher->HandleAccept(connection);
        break;
      case Event::kReset:
        if (dispatcher->HandleReset(connection)) return;
        break;
      case Event::kRemoteReset:
        dispatcher->HandleRemoteReset(connection);
        break;
      case Event::kRefused:
        if (dispatcher->HandleRefused(connection)) return;
        break;
    }
  }
}

void DispatchQueue::DispatchMessage(MessagePtr message) {
  message->stamps().dispatched = options_.clock->Monotonic();
  dispatched_.fetch_add(1, std::memory_order_relaxed);
  const ThrottleShare share = message->TakeDispatchShare();
  for (Dispatcher* dispatcher : dispatchers_.all()) {
    if (dispatcher->Dispatch(message) || message == nullptr) return;
  }
  OnUnhandled(*message);
}

void DispatchQueue::OnUnhandled(const Message& message) const {
  const std::string what =
      absl::StrCat(options_.name, ": no dispatcher takes ", message.Summary(), " (type ",
                   message.type(), ") from ", message.source().ToString());
  CHECK(!options_.die_on_unhandled) << what << " (ms_die_on_unhandled_msg)";
  LOG_EVERY_T(WARNING, 1) << what << "; dropped";
}

// --- End.

void DispatchQueue::Shutdown() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    dispatch_asleep_ = local_asleep_ = false;
    idle_.SignalAll();
  }
  work_.SignalAll();
  local_work_.SignalAll();
  if (options_.on_work) options_.on_work();
}

void DispatchQueue::Wait() {
  if (dispatch_thread_.joinable()) dispatch_thread_.join();
  if (local_thread_.joinable()) local_thread_.join();
}

}  // namespace siphon
