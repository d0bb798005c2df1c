// HeartbeatService: pings peer OSDs over the public (front) and the cluster (back) network, answers
// their pings, and tells when a peer has been silent for too long and when it answers again.
//
// Peers are the OSDs that are up and nearest by number, ten at most. A peer fails when a ping on
// either network stays without an answer for osd_heartbeat_grace, or when nobody listens there.
//
// Threads: any; pings and answers are fast-dispatched. The Listener is called without a lock, on a
// worker, a dispatch thread or the timer's.
#ifndef SIPHON_SERVICES_OSD_HEARTBEAT_SERVICE_H_
#define SIPHON_SERVICES_OSD_HEARTBEAT_SERVICE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/entity_addr.h"
#include "msg/message.h"
#include "msg/messenger.h"
#include "services/common/timer.h"
#include "services/rados/messages/osd_ping.h"
#include "services/rados/osd_map.h"

namespace siphon::osd {

class HeartbeatService : public Dispatcher {
 public:
  static constexpr size_t kMaxPeers = 10;

  struct Failure {
    int32_t osd = -1;
    EntityAddrVec addrs;  // its public ones, by our map
    uint32_t epoch = 0;   // of our map
    absl::Duration failed_for;
    bool immediate = false;  // nobody listens there
  };
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnPeerFailed(const Failure& failure) = 0;
    // A peer that was reported answers again.
    virtual void OnPeerAlive(const Failure& earlier) = 0;
    // A peer says that its map has this OSD down.
    virtual void OnToldDead(uint32_t peer_epoch) = 0;
  };

  // Borrowed; outlive the service.
  struct Options {
    int32_t whoami = -1;
    Messenger* back_client = nullptr;
    Messenger* front_client = nullptr;
    Config* config = nullptr;
    Timer* timer = nullptr;
    Listener* listener = nullptr;
    Clock* clock = &Clock::Real();
    RandomSource* random = &RandomSource::Real();
  };

  explicit HeartbeatService(const Options& options);

  // Begins to ping, first after a part of the interval.
  void Start();
  // No listener is called once it returned. Idempotent.
  void Stop();
  // A new map: peers come and go.
  void SetMap(std::shared_ptr<const rados::OsdMap> map);
  // Forgets what was reported, so that it is reported again (to a new monitor).
  void ReportAgain();

  struct PeerInfo {
    int32_t osd = -1;
    bool front_connected = false;
    bool back_connected = false;
    bool failed = false;          // reported
    absl::Duration longest_wait;  // age of the oldest ping without an answer
  };
  std::vector<PeerInfo> Peers();

  // --- Dispatcher, for the four heartbeat messengers.
  bool CanFastDispatchAny() const override { return true; }
  bool CanFastDispatch(const Message& message) const override {
    return message.type() == rados::MOsdPing::kType;
  }
  void FastDispatch(MessagePtr message) override;
  bool HandleReset(const ConnectionPtr& connection) override;
  bool HandleRefused(const ConnectionPtr& connection) override;

 private:
  enum Side { kBack = 0, kFront = 1 };

  // A ping on its way.
  struct Ping {
    absl::Time stamp;  // what the answer echoes
    MonoNanos sent;
  };
  struct Link {
    ConnectionPtr connection;
    std::deque<Ping> unanswered;  // oldest first
  };
  struct Peer {
    uint32_t up_from = 0;  // an OSD that came up again is another peer
    std::array<Link, 2> links;
    bool failed = false;
    Failure reported;
  };
  // What to tell the listener, and send, without the lock.
  struct Effects {
    std::vector<Failure> failed;
    std::vector<Failure> alive;
    std::vector<ConnectionPtr> drop;
  };

  void Tick();
  void Arm() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Perform(Effects effects);
  void SendPings(const std::shared_ptr<const rados::OsdMap>& map);
  void SendPing(const rados::OsdMap& map, int32_t osd, Side side);
  // The connection there is, or a new one; null without one.
  ConnectionPtr ConnectTo(const rados::OsdMap& map, int32_t osd, Side side);
  void CheckPeers(Effects* effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void HandlePing(const rados::MOsdPing& ping, const ConnectionPtr& connection);
  void HandleReply(const rados::MOsdPing& reply, const ConnectionPtr& connection);
  std::unique_ptr<rados::MOsdPing> MakePing(const rados::OsdMap& map, uint8_t op) const;
  // The peer and side that the connection belongs to; false for none of ours.
  bool FindLink(const Connection* connection, int32_t* osd, Link** link)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Messenger* ClientOf(Side side) const {
    return side == kBack ? options_.back_client : options_.front_client;
  }

  const Options options_;
  Mutex mutex_;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  Timer::Id timer_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const rados::OsdMap> map_ ABSL_GUARDED_BY(mutex_);
  std::map<int32_t, Peer> peers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_HEARTBEAT_SERVICE_H_
