// FakeConnection: a Connection that keeps what is sent on it, for a test to look at.
//
// Threads: any.
#ifndef SIPHON_TESTING_FAKES_FAKE_CONNECTION_H_
#define SIPHON_TESTING_FAKES_FAKE_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "msg/connection.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/message.h"

namespace siphon {

class Messenger;

class FakeConnection final : public Connection {
 public:
  FakeConnection(Messenger* messenger, uint64_t id, const EntityName& peer, EntityAddrVec addrs)
      : Connection(messenger, id) {
    set_peer_name(peer);
    set_peer_addrs(std::move(addrs));
  }

  void Send(MessagePtr message) override {
    MutexLock lock(mutex_);
    if (down_) return;
    if (on_send_)
      on_send_(std::move(message));
    else
      sent_.push_back(std::move(message));
  }
  void SendKeepalive() override {
    MutexLock lock(mutex_);
    ++keepalives_;
  }
  void MarkDown() override {
    MutexLock lock(mutex_);
    down_ = true;
  }
  void MarkDisposable() override {}
  bool IsConnected() const override { return !is_down(); }

  // --- For the test.
  using Connection::set_features;
  using Connection::set_last_keepalive_ack;
  using Connection::set_peer_identity;
  // Takes each message from now on; called with locks of the sender, so it must pass it on only.
  void set_on_send(std::function<void(MessagePtr)> on_send) {
    MutexLock lock(mutex_);
    on_send_ = std::move(on_send);
  }
  // What was sent since the last call.
  std::vector<MessagePtr> TakeSent() {
    MutexLock lock(mutex_);
    return std::exchange(sent_, {});
  }
  // Of that, the messages of type T; the others are dropped.
  template <typename T>
  std::vector<std::unique_ptr<T>> TakeSentOf() {
    std::vector<std::unique_ptr<T>> out;
    for (MessagePtr& message : TakeSent()) {
      if (message->type() == T::kType) out.emplace_back(static_cast<T*>(message.release()));
    }
    return out;
  }
  bool is_down() const {
    MutexLock lock(mutex_);
    return down_;
  }
  int keepalives() const {
    MutexLock lock(mutex_);
    return keepalives_;
  }

 private:
  mutable Mutex mutex_;
  std::function<void(MessagePtr)> on_send_ ABSL_GUARDED_BY(mutex_);
  std::vector<MessagePtr> sent_ ABSL_GUARDED_BY(mutex_);
  bool down_ ABSL_GUARDED_BY(mutex_) = false;
  int keepalives_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_FAKES_FAKE_CONNECTION_H_
