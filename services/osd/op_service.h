// OpService: takes clients' requests off the public messenger, brings each to its placement group,
// and sends the answer when what it tells is durable.
//
// A request for a group that is not ours is dropped: its client learns of a newer map and sends it
// to the right OSD. One by a newer map than ours, or one that the map pauses, waits, and all later
// ones of the connection with it, so that answers keep their order; so do those behind a copy
// (copy-from) that is being fetched. Clients with an older map are sent what they miss.
//
// Threads: any. Requests are fast-dispatched: they run on the worker that read them, but for large
// reads from a store that waits for its disk, and what comes behind them (op_shards.h).
#ifndef SIPHON_SERVICES_OSD_OP_SERVICE_H_
#define SIPHON_SERVICES_OSD_OP_SERVICE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/message.h"
#include "services/osd/backoffs.h"
#include "services/osd/fullness_monitor.h"
#include "services/osd/map_keeper.h"
#include "services/osd/op_shards.h"
#include "services/osd/op_tracker.h"
#include "services/osd/pg/object_copier.h"
#include "services/osd/pg/pg_table.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/osd_map.h"

namespace siphon::osd {

class OpService : public Dispatcher {
 public:
  // Requests that may wait for a map, besides what the throttles of the messenger allow. A client
  // whose request is one too many is disconnected, and sends it again.
  static constexpr size_t kMaxWaiting = 10'000;

  // All outlive the service.
  struct Options {
    MapKeeper* maps = nullptr;
    PgTable* pgs = nullptr;
    OpTracker* tracker = nullptr;
    ObjectCopier* copier = nullptr;       // none: copy-from is refused
    FullnessMonitor* fullness = nullptr;  // none: it is never too full to write
    size_t shards = 0;                    // none: nothing leaves the workers
  };

  explicit OpService(const Options& options)
      : maps_(options.maps),
        pgs_(options.pgs),
        tracker_(options.tracker),
        copier_(options.copier),
        fullness_(options.fullness),
        shards_(options.shards) {}

  // Waits for the answers that the store still holds back.
  ~OpService() override;

  bool CanFastDispatchAny() const override { return true; }
  bool CanFastDispatch(const Message& message) const override {
    return message.type() == rados::MOsdOp::kType || message.type() == rados::MOsdBackoff::kType;
  }
  void FastDispatch(MessagePtr message) override;
  bool HandleReset(const ConnectionPtr& connection) override {
    pgs_->OnReset(connection.get());
    backoffs_.OnReset(connection.get());
    return false;
  }

  // The keeper has a newer map: lets requests go on that waited for it.
  void OnMapChange();
  // Drops what waits for maps.
  void Shutdown();

  // Holds back the requests to a group, until it is released: for operators, and for who wants to
  // see what a client does then. False: it was so already.
  bool Hold(const rados::PgId& pg) { return backoffs_.Hold(pg); }
  bool Release(const rados::PgId& pg);
  const Backoffs& backoffs() const { return backoffs_; }

  size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  uint64_t served() const { return served_.load(std::memory_order_relaxed); }
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Request {
    MessagePtr message;
    OpTracker::OpPtr op;  // null for a word on a back-off
  };
  // The requests of one connection that wait, oldest first.
  struct Line {
    std::deque<Request> requests;
    int running = 0;  // that the others wait for: one that was taken out, or is being copied
  };
  using Lines = absl::flat_hash_map<const Connection*, Line>;

  static rados::MOsdOp& AsOp(const MessagePtr& message) {
    return MessageAs<rados::MOsdOp>(*message);
  }
  // The newest map lets it run: a request, or a client's word on a back-off, which keeps its place
  // among the requests.
  bool MayRun(Message& message) const;
  // Takes the request if it must wait.
  bool MaybeWait(Request& request);
  void Run(Request request);
  // The client's capabilities allow it; if not, it is told (EPERM).
  bool IsPermitted(const Request& request);
  void OnAckBlock(Message& message);
  // Groups that this OSD leads no more are not held.
  void ReleaseWhatMoved();
  // The request is dropped, for its group does not serve now; its client is told to wait.
  bool BacksOff(const Request& request, const rados::OsdMap& map);
  // Fetches what the request copies, and then runs it.
  void RunCopy(Request request);
  // Runs it here, or where it keeps nobody waiting. `copied`: what its copy-from operations copy.
  void Execute(Request request, std::optional<std::vector<CopiedObject>> copied);
  void ExecuteNow(Request request, const std::vector<CopiedObject>* copied);
  // One that was running is not any more.
  void Release(const Connection* connection);
  // Tells a client that is behind what it misses, once for each epoch.
  void ShareMap(const ConnectionPtr& connection, uint32_t their_epoch);

  MapKeeper* const maps_;
  PgTable* const pgs_;
  OpTracker* const tracker_;
  ObjectCopier* const copier_;
  FullnessMonitor* const fullness_;
  Backoffs backoffs_;
  std::atomic<size_t> waiting_{0};  // in lines, and running for them
  std::atomic<uint64_t> served_{0};
  std::atomic<uint64_t> dropped_{0};

  Mutex mutex_;
  Lines lines_ ABSL_GUARDED_BY(mutex_);
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;

  OpShards shards_;  // the first to go: its work uses all the others
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OP_SERVICE_H_
