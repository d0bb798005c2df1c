#include "services/osd/store/commit_queue.h"

#include <utility>

namespace siphon::osd {

CommitQueue::CommitQueue(std::function<absl::Status()> sync)
    : sync_(std::move(sync)), thread_([this] { Run(); }) {}

CommitQueue::~CommitQueue() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.Signal();
  }
  thread_.join();
}

void CommitQueue::WhenDurable(Done done) {
  {
    MutexLock lock(mutex_);
    const bool idle = waiting_.empty() && !busy_ && failure_.ok();
    if (!idle || durable_ != applied_.load(std::memory_order_acquire)) {
      waiting_.push_back(std::move(done));
      changed_.Signal();
      return;
    }
  }
  done(absl::OkStatus());
}

bool CommitQueue::Take(std::vector<Done>* batch) {
  MutexLock lock(mutex_);
  busy_ = false;
  while (waiting_.empty() && !stopping_) changed_.Wait(mutex_);
  if (waiting_.empty()) return false;
  busy_ = true;
  batch->swap(waiting_);
  return true;
}

void CommitQueue::Run() {
  std::vector<Done> batch;
  uint64_t synced = 0;
  absl::Status status;
  while (Take(&batch)) {
    const uint64_t applied = applied_.load(std::memory_order_acquire);
    if (status.ok() && applied != synced) {
      status = sync_();
      syncs_.fetch_add(1, std::memory_order_relaxed);
      synced = applied;
      MutexLock lock(mutex_);
      failure_ = status;
      if (status.ok()) durable_ = applied;
    }
    for (Done& done : batch) {
      // What a callback holds is gone before the next one is called.
      Done one = std::move(done);
      one(status);
    }
    batch.clear();
  }
}

}  // namespace siphon::osd
