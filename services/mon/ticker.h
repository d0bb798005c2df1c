// Ticker: calls a function at an interval, on a thread of its own.
//
// Threads: Start() and Stop() from one; Stop() returns when no call is running.
#ifndef SIPHON_SERVICES_MON_TICKER_H_
#define SIPHON_SERVICES_MON_TICKER_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"

namespace siphon::mon {

class Ticker {
 public:
  Ticker() = default;
  ~Ticker() { Stop(); }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  void Start(absl::Duration interval, std::function<void()> tick);
  void Stop();  // idempotent

 private:
  void Run(absl::Duration interval, const std::function<void()>& tick);

  Mutex mutex_;
  CondVar stopping_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TICKER_H_
