// Connection: a session with one peer, as its user sees it.
//
// With a lossless policy it outlives the TCP connections that carry it; with a lossy one it ends at
// the first fault. Messages of one priority arrive in the order of their Send() calls; a higher
// priority overtakes a lower one.
//
// Ownership: ConnectionPtr, shared between the messenger and users; the last one may be dropped on
// any thread.
// Threads: any, for every method. No method blocks or takes the peer's time.
#ifndef SIPHON_MSG_CONNECTION_H_
#define SIPHON_MSG_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/message.h"

namespace siphon {

class Messenger;

// What a user hangs on a connection (a session object of its own).
class ConnectionContext {
 public:
  virtual ~ConnectionContext() = default;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Queues `message`. Dropped without a word if the connection is closed: the dispatcher was told.
  virtual void Send(MessagePtr message) = 0;
  // Asks the peer for a sign of life; see last_keepalive_ack().
  virtual void SendKeepalive() = 0;
  // Closes for good: what is queued in either direction is discarded, no reset event follows.
  virtual void MarkDown() = 0;
  // Turns lossy from now on: the next fault is the last.
  virtual void MarkDisposable() = 0;

  // The session is open, or being opened by this side; false once closed or waiting in standby.
  virtual bool IsConnected() const = 0;
  virtual bool IsLoopback() const { return false; }

  // Unique within the messenger, from 1; 0 is the loopback connection's.
  uint64_t id() const { return id_; }
  Messenger* messenger() const { return messenger_; }

  // Known from the handshake on (a dialled peer's type and address from the beginning).
  EntityName peer_name() const {
    MutexLock lock(mutex_);
    return peer_name_;
  }
  EntityType peer_type() const { return peer_name().type; }
  EntityAddrVec peer_addrs() const {
    MutexLock lock(mutex_);
    return peer_addrs_;
  }
  // The first of peer_addrs().
  EntityAddr peer_addr() const { return peer_addrs().front(); }
  // Features of both sides; 0 before the handshake ends.
  uint64_t features() const {
    MutexLock lock(mutex_);
    return features_;
  }
  // When the peer last asked for a sign of life, and when (by our clock) it got ours that it
  // acknowledged last; InfinitePast when never.
  absl::Time last_keepalive() const {
    MutexLock lock(mutex_);
    return last_keepalive_;
  }
  absl::Time last_keepalive_ack() const {
    MutexLock lock(mutex_);
    return last_keepalive_ack_;
  }

  // Who the peer is, as its authentication showed; null when nobody asked (a dialled peer, a
  // messenger without an AuthServer), and before the handshake ends.
  std::shared_ptr<const PeerIdentity> peer_identity() const {
    MutexLock lock(mutex_);
    return peer_identity_;
  }

  std::shared_ptr<ConnectionContext> context() const {
    MutexLock lock(mutex_);
    return context_;
  }
  void set_context(std::shared_ptr<ConnectionContext> context) {
    MutexLock lock(mutex_);
    context_.swap(context);  // the old one goes away with the argument, after the lock
  }

 protected:
  Connection(Messenger* messenger, uint64_t id) : messenger_(messenger), id_(id) {}

  void set_peer_name(const EntityName& name) {
    MutexLock lock(mutex_);
    peer_name_ = name;
  }
  void set_peer_addrs(EntityAddrVec addrs) {
    MutexLock lock(mutex_);
    peer_addrs_ = std::move(addrs);
  }
  void set_features(uint64_t features) {
    MutexLock lock(mutex_);
    features_ = features;
  }
  void set_peer_identity(std::shared_ptr<const PeerIdentity> identity) {
    MutexLock lock(mutex_);
    peer_identity_.swap(identity);
  }
  void set_last_keepalive(absl::Time t) {
    MutexLock lock(mutex_);
    last_keepalive_ = t;
  }
  void set_last_keepalive_ack(absl::Time t) {
    MutexLock lock(mutex_);
    last_keepalive_ack_ = t;
  }

 private:
  Messenger* const messenger_;
  const uint64_t id_;
  mutable Mutex mutex_;
  EntityName peer_name_ ABSL_GUARDED_BY(mutex_);
  EntityAddrVec peer_addrs_ ABSL_GUARDED_BY(mutex_);
  uint64_t features_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time last_keepalive_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time last_keepalive_ack_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::shared_ptr<const PeerIdentity> peer_identity_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<ConnectionContext> context_ ABSL_GUARDED_BY(mutex_);
};

using ConnectionPtr = std::shared_ptr<Connection>;

}  // namespace siphon

#endif  // SIPHON_MSG_CONNECTION_H_
