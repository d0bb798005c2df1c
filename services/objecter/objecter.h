// Objecter: sends operations to the OSDs that serve their objects, until each is answered.
//
// An operation is placed by the newest OSD map. It is sent again, with the retry flag, when its
// placement group moves or its connection is lost; it waits while no OSD serves it, while the map
// forbids it, and while its OSD asks to hold it back. The OSDs tell repeated requests apart, so
// each write takes effect once. Operations on one object keep the order in which they were
// submitted.
//
// An operation fails by itself only with ENOENT, when a monitor has confirmed that its pool is in
// no map; ETIMEDOUT, after rados_osd_op_timeout; and ECANCELED, at Shutdown().
//
// Bounds: objecter_inflight_ops and objecter_inflight_op_bytes limit what is under way; Submit()
// never blocks, and what is more waits here in order.
//
// It is a Dispatcher of the messenger that it dials with, and an Observer of the MonClient: add it
// to both before they start. Threads: any. Callbacks run without locks on a worker, the dispatch
// thread, the timer's or the caller's thread; they must not block, and may submit. Ownership:
// Options are borrowed and outlive it. Call Shutdown() before the messenger's.
#ifndef SIPHON_SERVICES_CLIENT_OBJECTER_H_
#define SIPHON_SERVICES_CLIENT_OBJECTER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/entity_addr.h"
#include "msg/message.h"
#include "msg/messenger.h"
#include "services/common/mon_client.h"
#include "services/common/timer.h"
#include "services/objecter/object_operation.h"
#include "services/objecter/op_backoffs.h"
#include "services/objecter/op_target.h"
#include "services/objecter/osd_map_tracker.h"
#include "services/rados/hobject.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/object_locator.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_op.h"

namespace siphon::client {

class Objecter final : public Dispatcher, public MonClient::Observer {
 public:
  struct Options {
    Messenger* messenger = nullptr;
    MonClient* mon_client = nullptr;
    Config* config = nullptr;
    Timer* timer = nullptr;
    Clock* clock = &Clock::Real();
  };

  struct Request {
    std::string oid;
    rados::ObjectLocator locator;
    ObjectOperation operation;
    uint64_t snap = rados::kSnapHead;  // that is read
  };
  struct Reply {
    int32_t result = 0;             // 0 or positive, or a negative errno
    std::vector<rados::OsdOp> ops;  // with their results and output; empty without an OSD's answer
    uint64_t user_version = 0;      // of the object
  };
  using Callback = absl::AnyInvocable<void(Reply)>;

  explicit Objecter(const Options& options);

  // Begins to follow the OSD map; after MonClient::Start().
  void Start();
  // Fails what is under way with ECANCELED. Idempotent; not from a callback.
  void Shutdown();

  void Submit(Request request, Callback done);

  // The newest map; null before the first came.
  std::shared_ptr<const rados::OsdMap> map() const;
  // Calls `done` when the map is as new as the monitors' was at the call, or that cannot be known.
  void WaitForLatestMap(absl::AnyInvocable<void(absl::Status)> done);
  size_t operations_under_way() const;

  // --- Dispatcher.
  bool CanFastDispatchAny() const override { return true; }
  bool CanFastDispatch(const Message& message) const override;
  void FastDispatch(MessagePtr message) override;
  bool HandleReset(const ConnectionPtr& connection) override;
  bool HandleRefused(const ConnectionPtr& connection) override;

  // --- MonClient::Observer.
  void OnOsdMap(const rados::MOsdMap& maps) override;

 private:
  struct Op {
    uint64_t tid = 0;
    Request request;
    Callback done;
    OpTarget target;
    size_t bytes = 0;
    bool started = false;       // counts against the limits
    int32_t session = -1;       // the OSD that it is sent to; -1 for none
    int32_t attempts = 0;       // times that it was sent
    bool pool_checked = false;  // a monitor is asked whether its pool is gone
    Timer::Id timeout = 0;
  };
  struct Session {
    EntityAddrVec addrs;
    ConnectionPtr connection;  // null while it waits to be made again
    std::set<uint64_t> ops;    // tids
    OpBackoffs backoffs;
    int failures = 0;  // connections lost since the last answer
    Timer::Id retry = 0;
  };
  // What to do once the lock is released.
  using Effects = std::vector<absl::AnyInvocable<void()>>;
  static void Run(Effects effects);

  void ReadOptions();

  // --- Operations (objecter.cc).
  void StartQueued(Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Gives a placed operation to its OSD's session; asks after its pool if there is none.
  void Route(Op& op, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Unroute(Op& op) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckPool(Op& op, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnPoolChecked(uint64_t tid, const absl::Status& status, uint64_t newest);
  void Finish(uint64_t tid, Reply reply, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Fail(uint64_t tid, int error);
  void HandleReply(const ConnectionPtr& connection, rados::MOsdOpReply& reply);
  void HandleBackoff(const ConnectionPtr& connection, const rados::MOsdBackoff& backoff);

  // --- Sessions (objecter_sessions.cc).
  Session& SessionFor(int32_t osd) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Connect(int32_t osd, Session& session) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Reconnect(int32_t osd);
  void CloseSession(int32_t osd) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendOp(Op& op, Session& session) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The OSD of a connection that is in use; -1 for none.
  int32_t OsdOf(const ConnectionPtr& connection) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FollowMap(Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  // Copies of options, for the path of an operation.
  std::atomic<size_t> max_inflight_ops_{0};
  std::atomic<size_t> max_inflight_bytes_{0};
  std::atomic<uint16_t> op_priority_{0};
  std::atomic<int64_t> op_timeout_nanos_{0};
  mutable Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  OsdMapTracker tracker_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_tid_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, std::unique_ptr<Op>> ops_ ABSL_GUARDED_BY(mutex_);  // by tid
  std::deque<uint64_t> queued_ ABSL_GUARDED_BY(mutex_);  // tids beyond the limits; may be stale
  size_t inflight_ops_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t inflight_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int32_t, Session> sessions_ ABSL_GUARDED_BY(mutex_);  // by OSD
  // By the epoch that they wait for.
  std::multimap<uint32_t, absl::AnyInvocable<void(absl::Status)>> map_waiters_
      ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Config::Subscription> option_changes_;  // last: its calls use the rest
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OBJECTER_H_
