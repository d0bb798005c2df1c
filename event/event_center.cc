#include "event/event_center.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "glog/logging.h"

namespace siphon {
namespace {

// How often the destructor looks again for tasks that its tasks posted.
constexpr int kMaxFinalRounds = 1000;
// A queue that grew beyond this many tasks gives its memory back.
constexpr size_t kMaxIdleTaskCapacity = 4096;

thread_local EventCenter* current_center = nullptr;

// A number that no other living thread has; never 0.
uintptr_t ThisThread() {
  thread_local char marker;
  return reinterpret_cast<uintptr_t>(&marker);
}

// Makes `center` the current one for a scope.
class CurrentScope {
 public:
  explicit CurrentScope(EventCenter* center) : outer_(current_center) { current_center = center; }
  ~CurrentScope() { current_center = outer_; }
  CurrentScope(const CurrentScope&) = delete;
  CurrentScope& operator=(const CurrentScope&) = delete;

 private:
  EventCenter* const outer_;
};

}  // namespace

EndOfRoundHook::~EndOfRoundHook() {
  DCHECK(!scheduled_)
      << "an end-of-round hook was destroyed while scheduled: its destructor has to "
         "call CancelEndOfRound()";
}

EventCenter::EventCenter(std::string name, std::unique_ptr<EventDriver> driver, Clock* clock)
    : name_(std::move(name)), driver_(std::move(driver)), clock_(clock) {
  CHECK(driver_ != nullptr) << name_;
  CHECK(clock_ != nullptr) << name_;
}

EventCenter::~EventCenter() {
  CHECK_NE(current_center, this) << name_ << " is destroyed inside its own round";
  SetOwner();
  {
    CurrentScope scope(this);
    int rounds = 0;
    while (RunPosted() > 0) {
      if (++rounds < kMaxFinalRounds) continue;
      LOG(ERROR) << name_ << ": tasks still post tasks after " << rounds
                 << " rounds of the destructor; the rest is dropped";
      break;
    }
  }
  for (EndOfRoundHook* hook : hooks_) {
    if (hook != nullptr) hook->scheduled_ = false;
  }
}

EventCenter* EventCenter::Current() { return current_center; }

void EventCenter::SetOwner() {
  const uintptr_t owner = owner_.load(std::memory_order_acquire);
  CHECK(owner == 0 || owner == ThisThread()) << name_ << " is owned by another thread";
  owner_.store(ThisThread(), std::memory_order_relaxed);
}

void EventCenter::ClearOwner() {
  CHECK(OnOwnerThread()) << name_;
  owner_.store(0, std::memory_order_release);
}

bool EventCenter::OnOwnerThread() const {
  return owner_.load(std::memory_order_relaxed) == ThisThread();
}

bool EventCenter::InCenter() const {
  return OnOwnerThread() && (current_center == nullptr || current_center == this);
}

absl::Status EventCenter::CreateFileEvent(int fd, EventMask mask, FileEventHandler* handler) {
  CHECK(InCenter()) << name_;
  CHECK_GE(fd, 0) << name_;
  CHECK(handler != nullptr) << name_ << ": fd " << fd;
  const auto index = static_cast<size_t>(fd);
  if (index >= files_.size()) files_.resize(std::max(index + 1, 2 * files_.size()));
  FileEvent& file = files_[index];
  const EventMask wanted = file.mask | mask;
  if (wanted == file.mask) return absl::OkStatus();
  CHECK(file.mask == kEventNone || file.handler == handler)
      << name_ << ": fd " << fd << " already has another handler";
  if (absl::Status status = driver_->Update(fd, file.mask, wanted); !status.ok()) return status;
  if (file.mask == kEventNone) file.since_round = round_;
  file.mask = wanted;
  file.handler = handler;
  return absl::OkStatus();
}

void EventCenter::DeleteFileEvent(int fd, EventMask mask) {
  CHECK(InCenter()) << name_;
  if (fd < 0 || static_cast<size_t>(fd) >= files_.size()) return;
  FileEvent& file = files_[static_cast<size_t>(fd)];
  const EventMask wanted = file.mask & static_cast<EventMask>(~mask);
  if (wanted == file.mask) return;
  const absl::Status status = driver_->Update(fd, file.mask, wanted);
  LOG_IF(WARNING, !status.ok()) << name_ << ": narrowing the watch on fd " << fd << ": "
                                << status.message();
  file.mask = wanted;
  if (wanted == kEventNone) file.handler = nullptr;
}

TimerId EventCenter::CreateTimeEvent(absl::Duration delay, Task task) {
  CHECK(InCenter()) << name_;
  MonoNanos due = clock_->Monotonic();
  if (delay > absl::ZeroDuration()) {
    // Rounded up to whole nanoseconds; far away is for ever.
    const int64_t nanos = absl::ToInt64Nanoseconds(delay);
    const int64_t rest = absl::Nanoseconds(nanos) < delay ? 1 : 0;
    if (__builtin_add_overflow(due, nanos, &due) || __builtin_add_overflow(due, rest, &due)) {
      due = std::numeric_limits<MonoNanos>::max();
    }
  }
  const TimerId id = next_timer_++;
  timers_.emplace(std::make_pair(due, id), std::move(task));
  timer_due_.emplace(id, due);
  return id;
}

void EventCenter::DeleteTimeEvent(TimerId id) {
  CHECK(InCenter()) << name_;
  const auto due = timer_due_.find(id);
  if (due == timer_due_.end()) return;
  // Taken out first and destroyed last: what it holds may call back here.
  const auto node = timers_.extract({due->second, id});
  timer_due_.erase(due);
}

void EventCenter::Post(Task task) {
  {
    MutexLock lock(mutex_);
    posted_.push_back(std::move(task));
    if (posted_.size() == 1) has_posted_.store(true, std::memory_order_seq_cst);
  }
  if (sleeping_.load(std::memory_order_seq_cst) && sleeping_.exchange(false)) driver_->Wake();
}

void EventCenter::Submit(Task task) {
  if (InCenter()) {
    task();
  } else {
    Post(std::move(task));
  }
}

void EventCenter::SubmitAndWait(Task task) {
  if (InCenter()) {
    task();
    return;
  }
  CHECK(current_center == nullptr) << current_center->name() << " must not wait for " << name_
                                   << ": two centers that wait for each other stand still";
  Notification done;
  Post([&task, &done] {
    task();
    done.Notify();
  });
  done.WaitForNotification();
}

void EventCenter::AtEndOfRound(EndOfRoundHook* hook) {
  DCHECK(InCenter()) << name_;
  if (hook->scheduled_) return;
  hook->scheduled_ = true;
  hooks_.push_back(hook);
}

void EventCenter::CancelEndOfRound(EndOfRoundHook* hook) {
  if (!hook->scheduled_) return;
  CHECK(InCenter()) << name_;
  hook->scheduled_ = false;
  std::replace(hooks_.begin(), hooks_.end(), hook, static_cast<EndOfRoundHook*>(nullptr));
  std::replace(running_hooks_.begin(), running_hooks_.end(), hook,
               static_cast<EndOfRoundHook*>(nullptr));
}

int EventCenter::ProcessEvents(absl::Duration timeout, absl::Duration* working) {
  CHECK(OnOwnerThread()) << name_ << " runs on a thread that is not its owner";
  CHECK(current_center == nullptr)
      << name_ << ": a round inside a round of " << current_center->name();
  CurrentScope scope(this);
  ++round_;
  const TimerId first_new = next_timer_;
  WaitForEvents(timeout);

  // Reading the clock is not free: once for the timers, once more for who counts the work.
  const bool timed = working != nullptr || !timers_.empty();
  const MonoNanos start = timed ? clock_->Monotonic() : 0;
  int ran = RunFileEvents();
  ran += RunTimers(start, first_new);
  ran += RunPosted();
  RunHooks();
  if (working != nullptr) *working = absl::Nanoseconds(clock_->Monotonic() - start);
  return ran;
}

void EventCenter::WaitForEvents(absl::Duration timeout) {
  timeout = std::min(timeout, kMaxWait);
  if (timeout > absl::ZeroDuration() && !hooks_.empty()) timeout = absl::ZeroDuration();
  if (timeout > absl::ZeroDuration() && !timers_.empty()) {
    timeout = std::min(timeout, absl::Nanoseconds(timers_.begin()->first.first) -
                                    absl::Nanoseconds(clock_->Monotonic()));
  }
  if (timeout > absl::ZeroDuration()) {
    sleeping_.store(true, std::memory_order_seq_cst);
    if (!has_posted_.load(std::memory_order_seq_cst)) {
      driver_->Wait(timeout, &fired_);
      sleeping_.store(false, std::memory_order_relaxed);
      return;
    }
    sleeping_.store(false, std::memory_order_relaxed);
  }
  driver_->Wait(absl::ZeroDuration(), &fired_);
}

int EventCenter::RunFileEvents() {
  int ran = 0;
  for (const FiredEvent& fired : fired_) {
    const auto index = static_cast<size_t>(fired.fd);
    // A handler may end any watch, begin others under the same descriptor, and so grow files_:
    // every call is preceded by a fresh look.
    const auto handler_for = [&](EventMask ready) -> FileEventHandler* {
      if (index >= files_.size()) return nullptr;
      const FileEvent& file = files_[index];
      return (fired.mask & file.mask & ready) != 0 && file.since_round != round_ ? file.handler
                                                                                 : nullptr;
    };
    if (FileEventHandler* handler = handler_for(kEventReadable)) {
      handler->OnReadable(fired.fd);
      ++ran;
    }
    if (FileEventHandler* handler = handler_for(kEventWritable)) {
      handler->OnWritable(fired.fd);
      ++ran;
    }
  }
  return ran;
}

int EventCenter::RunTimers(MonoNanos now, TimerId first_new) {
  int ran = 0;
  while (!timers_.empty()) {
    const auto [due, id] = timers_.begin()->first;
    // A timer made in this round is due at its start at the earliest, and its id is higher than
    // those of the others due then: none that may run is behind it.
    if (due > now || id >= first_new) break;
    auto node = timers_.extract(timers_.begin());
    timer_due_.erase(id);
    node.mapped()();
    ++ran;
  }
  return ran;
}

int EventCenter::RunPosted() {
  if (!has_posted_.load(std::memory_order_relaxed)) return 0;
  {
    MutexLock lock(mutex_);
    running_posted_.swap(posted_);
    has_posted_.store(false, std::memory_order_relaxed);
  }
  const int count = static_cast<int>(running_posted_.size());
  for (Task& slot : running_posted_) {
    // What a task holds is let go as soon as it has run.
    Task task = std::move(slot);
    task();
  }
  running_posted_.clear();
  if (running_posted_.capacity() > kMaxIdleTaskCapacity) running_posted_.shrink_to_fit();
  return count;
}

void EventCenter::RunHooks() {
  if (hooks_.empty()) return;
  running_hooks_.swap(hooks_);
  // By index, for a hook may cancel (and destroy) those behind it.
  for (size_t i = 0; i < running_hooks_.size(); ++i) {
    EndOfRoundHook* const hook = running_hooks_[i];
    if (hook == nullptr) continue;
    hook->scheduled_ = false;
    hook->OnEndOfRound();
  }
  running_hooks_.clear();
}

void EventCenter::Wake() { driver_->Wake(); }

MonoNanos EventCenter::NextTimer() const {
  DCHECK(OnOwnerThread()) << name_;
  return timers_.empty() ? std::numeric_limits<MonoNanos>::max() : timers_.begin()->first.first;
}

bool EventCenter::HasImmediateWork() {
  DCHECK(OnOwnerThread()) << name_;
  return !hooks_.empty() || has_posted_.load(std::memory_order_relaxed);
}

}  // namespace siphon
