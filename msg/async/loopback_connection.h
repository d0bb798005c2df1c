// LoopbackConnection: messages to oneself. They are not encoded; the local delivery thread hands
// them to the dispatchers.
//
// Threads: any.
#ifndef SIPHON_MSG_ASYNC_LOOPBACK_CONNECTION_H_
#define SIPHON_MSG_ASYNC_LOOPBACK_CONNECTION_H_

#include <atomic>
#include <utility>

#include "dispatch/dispatch_queue.h"
#include "msg/connection.h"
#include "msg/features.h"

namespace siphon {

class LoopbackConnection final : public Connection {
 public:
  LoopbackConnection(Messenger* messenger, DispatchQueue* queue, const EntityName& self)
      : Connection(messenger, 0), queue_(queue) {
    set_peer_name(self);
    set_features(kFeaturesSupported);
  }

  void Send(MessagePtr message) override {
    if (closed_.load(std::memory_order_acquire)) return;
    message->mutable_header().src = peer_name();
    if (message->priority() == 0) message->set_priority(kPriorityDefault);
    message->set_connection(shared_from_this());
    queue_->DeliverLocal(std::move(message));
  }
  void SendKeepalive() override {}
  void MarkDown() override {}  // one cannot lose oneself
  void MarkDisposable() override {}
  bool IsConnected() const override { return !closed_.load(std::memory_order_acquire); }
  bool IsLoopback() const override { return true; }

  // The messenger shuts down.
  void Close() { closed_.store(true, std::memory_order_release); }
  void Rename(const EntityName& self) { set_peer_name(self); }
  void SetAddrs(EntityAddrVec addrs) { set_peer_addrs(std::move(addrs)); }

 private:
  DispatchQueue* const queue_;
  std::atomic<bool> closed_{false};
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_LOOPBACK_CONNECTION_H_
