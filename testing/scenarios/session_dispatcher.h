// SessionDispatcher: the dispatcher of the scenarios. It counts what a session object that hangs on
// each connection sees, answers pings, and records every event, so that a test can wait for one.
//
// Ownership: outlives the messengers it is added to. Threads: any; hooks and options are set before
// the messenger is ready.
#ifndef SIPHON_TESTING_SCENARIOS_SESSION_DISPATCHER_H_
#define SIPHON_TESTING_SCENARIOS_SESSION_DISPATCHER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/message.h"

namespace siphon {

class SessionDispatcher final : public Dispatcher {
 public:
  // Hangs on a connection from its first (re)connection to a reset.
  struct SessionCount : ConnectionContext {
    std::atomic<int> count{0};
  };

  // --- Options.
  bool fast = false;     // takes messages on the worker
  bool replies = false;  // answers pings
  // Called in the dispatcher's own call, after it was recorded.
  std::function<void(const ConnectionPtr&)> on_connect, on_accept, on_reset, on_remote_reset;
  std::function<void(const Message&)> on_message;

  // How often it happened.
  std::atomic<int> connects{0}, accepts{0}, resets{0}, remote_resets{0}, refusals{0};

  // The numbers of pings and of pongs, in the order of arrival.
  std::vector<uint64_t> Pings() const;
  std::vector<uint64_t> Pongs() const;
  size_t PingCount() const;
  size_t PongCount() const;
  // The i-th connection that was accepted; checks that there is one.
  ConnectionPtr Accepted(size_t i) const;
  // What the session object on `connection` has counted; -1 when there is none.
  static int CountOf(const ConnectionPtr& connection);

  // Waits until `condition` holds; it is asked again after each event and each 10 ms, without the
  // lock. False: not within half a minute.
  template <typename Condition>
  bool WaitFor(const Condition& condition) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      MutexLock lock(mutex_);
      changed_.WaitFor(mutex_, absl::Milliseconds(10));
    }
    return true;
  }
  bool WaitForPings(size_t n) {
    return WaitFor([this, n] { return PingCount() >= n; });
  }
  bool WaitForPongs(size_t n) {
    return WaitFor([this, n] { return PongCount() >= n; });
  }
  bool WaitForCount(const std::atomic<int>& counter, int n) {
    return WaitFor([&counter, n] { return counter.load() >= n; });
  }

  // --- Dispatcher.
  bool CanFastDispatchAny() const override { return fast; }
  bool CanFastDispatch(const Message&) const override { return fast; }
  void FastDispatch(MessagePtr message) override { Take(std::move(message)); }
  void HandleFastConnect(const ConnectionPtr& connection) override { Attach(connection); }
  void HandleFastAccept(const ConnectionPtr& connection) override { Attach(connection); }
  bool Dispatch(MessagePtr& message) override;
  void HandleConnect(const ConnectionPtr& connection) override;
  void HandleAccept(const ConnectionPtr& connection) override;
  bool HandleReset(const ConnectionPtr& connection) override;
  void HandleRemoteReset(const ConnectionPtr& connection) override;
  bool HandleRefused(const ConnectionPtr& connection) override;

 private:
  static void Attach(const ConnectionPtr& connection);
  void Take(MessagePtr message);
  void Count(std::atomic<int>* counter);

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<uint64_t> pings_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint64_t> pongs_ ABSL_GUARDED_BY(mutex_);
  std::vector<ConnectionPtr> accepted_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_SESSION_DISPATCHER_H_
