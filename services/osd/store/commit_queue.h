// CommitQueue: makes many writes durable by one synchronisation of the log (group commit).
//
// Writers write to the log without waiting, and say so by NoteApplied(); whoever must not go on
// before all of that is durable leaves a callback. A thread of the queue synchronises the log for
// all callbacks there are, calls them, and begins again with those that came meanwhile.
//
// Threads: any. Callbacks run one at a time, in the order of their calls, on the queue's thread; or
// at once in WhenDurable() if nothing is on its way. No lock of the queue is held then.
// Errors: a log that cannot be synchronised stays so: every callback from then on gets the reason,
// since what was written after is in doubt too.
#ifndef SIPHON_SERVICES_OSD_STORE_COMMIT_QUEUE_H_
#define SIPHON_SERVICES_OSD_STORE_COMMIT_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/mutex.h"

namespace siphon::osd {

class CommitQueue {
 public:
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  // `sync` makes durable what was written before it began; called on the queue's thread.
  explicit CommitQueue(std::function<absl::Status()> sync);
  // Serves every callback that was left.
  ~CommitQueue();

  // Something was written. Before WhenDurable() on the same thread.
  void NoteApplied() { applied_.fetch_add(1, std::memory_order_acq_rel); }
  void WhenDurable(Done done);

  uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }

 private:
  void Run();
  // Takes what waits; false at the end.
  bool Take(std::vector<Done>* batch);

  const std::function<absl::Status()> sync_;
  std::atomic<uint64_t> applied_{0};  // writes
  std::atomic<uint64_t> syncs_{0};

  Mutex mutex_;
  CondVar changed_;
  std::vector<Done> waiting_ ABSL_GUARDED_BY(mutex_);
  uint64_t durable_ ABSL_GUARDED_BY(mutex_) = 0;  // of applied_
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;     // callbacks are under way
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_COMMIT_QUEUE_H_
