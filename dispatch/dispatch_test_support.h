// What tests of this package share: connections without a wire, and a dispatcher that writes down
// what it is told.
#ifndef SIPHON_DISPATCH_DISPATCH_TEST_SUPPORT_H_
#define SIPHON_DISPATCH_DISPATCH_TEST_SUPPORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/message.h"
#include "testing/messages/raw_message.h"

namespace siphon {

class WirelessConnection final : public Connection {
 public:
  explicit WirelessConnection(uint64_t id) : Connection(nullptr, id) {}
  void Send(MessagePtr message) override {}
  void SendKeepalive() override {}
  void MarkDown() override {}
  void MarkDisposable() override {}
  bool IsConnected() const override { return true; }
};

inline ConnectionPtr MakeConnection(uint64_t id) {
  return std::make_shared<WirelessConnection>(id);
}

// The body of a RawMessage.
inline std::string BodyOf(const Message& message) {
  return static_cast<const RawMessage&>(message).body().ToString();
}

// Writes "dispatch BODY", "fast BODY", "preprocess BODY", "reset ID"... into a log. Any thread.
class RecordingDispatcher : public Dispatcher {
 public:
  using Test = std::function<bool(const Message&)>;

  // Takes messages for which `takes` says yes, and those for which `is_fast` does the fast way. A
  // null `is_fast` makes it no fast dispatcher.
  explicit RecordingDispatcher(
      Test takes = [](const Message&) { return true; }, Test is_fast = nullptr)
      : takes_(std::move(takes)), is_fast_(std::move(is_fast)) {}

  // Whether resets and refusals are handled here.
  void set_handles_events(bool handles) { handles_events_ = handles; }
  // Called with each message that is dispatched, after it was written down.
  void set_on_dispatch(std::function<void(MessagePtr)> f) { on_dispatch_ = std::move(f); }

  std::vector<std::string> log() const {
    MutexLock lock(mutex_);
    return log_;
  }
  void WaitForEntries(size_t count) const {
    MutexLock lock(mutex_);
    while (log_.size() < count) changed_.Wait(mutex_);
  }

  bool CanFastDispatchAny() const override { return is_fast_ != nullptr; }
  bool CanFastDispatch(const Message& message) const override { return is_fast_(message); }
  void FastPreprocess(const Message& message) override { Write("preprocess " + BodyOf(message)); }
  void FastDispatch(MessagePtr message) override { Write("fast " + BodyOf(*message)); }
  void HandleFastConnect(const ConnectionPtr& c) override { WriteEvent("fast connect ", c); }
  void HandleFastAccept(const ConnectionPtr& c) override { WriteEvent("fast accept ", c); }
  bool Dispatch(MessagePtr& message) override {
    if (!takes_(*message)) return false;
    Write("dispatch " + BodyOf(*message));
    if (on_dispatch_) on_dispatch_(std::move(message));
    return true;
  }
  void HandleConnect(const ConnectionPtr& c) override { WriteEvent("connect ", c); }
  void HandleAccept(const ConnectionPtr& c) override { WriteEvent("accept ", c); }
  bool HandleReset(const ConnectionPtr& c) override {
    WriteEvent("reset ", c);
    return handles_events_;
  }
  void HandleRemoteReset(const ConnectionPtr& c) override { WriteEvent("remote reset ", c); }
  bool HandleRefused(const ConnectionPtr& c) override {
    WriteEvent("refused ", c);
    return handles_events_;
  }

 private:
  void WriteEvent(const std::string& what, const ConnectionPtr& connection) {
    Write(what + std::to_string(connection->id()));
  }
  void Write(std::string entry) {
    MutexLock lock(mutex_);
    log_.push_back(std::move(entry));
    changed_.SignalAll();
  }

  const Test takes_;
  const Test is_fast_;
  bool handles_events_ = false;
  std::function<void(MessagePtr)> on_dispatch_;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<std::string> log_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_DISPATCH_TEST_SUPPORT_H_
