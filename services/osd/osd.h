// Osd: one OSD: brings itself into the cluster's map, keeps up with the map, serves, and leaves.
//
// The way in: wait for a map -> `osd new`, if the map does not know this store -> `osd crush
// create-or-move` -> MOsdBoot until the map has this OSD up at our addresses. Marked down while it
// lives, it boots again. The way out: MOsdMarkMeDown, so that clients need not find out.
//
// Ownership: everything in Options is borrowed and outlives the Osd.
// Threads: any. Start() once; Stop() once, from none of the callbacks' threads. Callbacks come from
// the dispatch thread, the workers or the timer's thread; no lock is held when messages are sent.
#ifndef SIPHON_SERVICES_OSD_OSD_H_
#define SIPHON_SERVICES_OSD_OSD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "dispatch/dispatcher.h"
#include "msg/message.h"
#include "services/common/commands/command_table.h"
#include "services/common/mon_client.h"
#include "services/common/timer.h"
#include "services/objecter/objecter.h"
#include "services/osd/fullness_monitor.h"
#include "services/osd/heartbeat_service.h"
#include "services/osd/map_keeper.h"
#include "services/osd/objecter_objects.h"
#include "services/osd/op_service.h"
#include "services/osd/op_tracker.h"
#include "services/osd/osd_identity.h"
#include "services/osd/osd_messengers.h"
#include "services/osd/pg/object_copier.h"
#include "services/osd/pg/op_limits.h"
#include "services/osd/pg/pg_table.h"
#include "services/osd/slow_op_monitor.h"
#include "services/osd/stats_reporter.h"
#include "services/osd/store/object_store.h"
#include "services/osd/tell_service.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/osd_map.h"

namespace siphon::osd {

class Osd : public MonClient::Observer, public HeartbeatService::Listener, public Dispatcher {
 public:
  struct Options {
    OsdIdentity identity;
    OsdMessengers* messengers = nullptr;  // bound
    MonClient* mon_client = nullptr;
    ObjectStore* store = nullptr;
    Config* config = nullptr;
    Timer* timer = nullptr;
    Clock* clock = &Clock::Real();
    RandomSource* random = &RandomSource::Real();
    std::string hostname;  // the bucket "host" in the CRUSH map
    // The first time that the OSD is up in the map.
    std::function<void()> on_active;
    // It can not be brought into this cluster; the OSD does nothing more.
    std::function<void(absl::Status)> on_fatal;
  };

  enum class State { kWaitingForMap, kRegistering, kPlacing, kBooting, kActive, kStopping };

  explicit Osd(Options options);

  // Adds the dispatchers to the messengers and itself to the MonClient; before those are started.
  void Attach();
  // Begins: the monitors are dialled already.
  void Start();
  // Asks to be marked down and waits for it at most `timeout`, then serves no more.
  void Stop(absl::Duration timeout);

  State state();
  MapKeeper& maps() { return maps_; }
  OpService& ops() { return ops_; }
  const OpTracker& tracker() const { return tracker_; }
  // What somebody on this machine tells it ("ceph daemon osd.0 ..."). Until Stop().
  CommandResult Tell(const CommandArgs& args) { return tell_.Run(args); }
  HeartbeatService& heartbeats() { return heartbeats_; }
  StatsReporter& stats() { return stats_; }

  // --- MonClient::Observer
  void OnMonSession() override;
  void OnOsdMap(const rados::MOsdMap& message) override;
  // --- HeartbeatService::Listener
  void OnPeerFailed(const HeartbeatService::Failure& failure) override;
  void OnPeerAlive(const HeartbeatService::Failure& earlier) override;
  void OnToldDead(uint32_t peer_epoch) override;
  // --- Dispatcher
  bool Dispatch(MessagePtr& message) override;

 private:
  using MapPtr = std::shared_ptr<const rados::OsdMap>;
  // What Advance() found to be done next.
  enum class Step { kNothing, kRegister, kPlace, kBoot, kAnnounce };

  // Does what the current map and state ask for.
  void Advance();
  Step Decide(const rados::OsdMap& map) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The map has this OSD up where it is.
  bool IsUpHere(const rados::OsdMap& map) const;
  void Register();
  void Place();
  void Boot(const rados::OsdMap& map);
  // A command of the way in was answered. `done` is what it sets.
  void OnCommandDone(const char* what, bool* done, int result, const std::string& status);
  void AskForWholeMap();
  void AfterMapChange();
  void Fail(absl::Status why);

  void AddCommands();
  void SendBeacon();
  void SendFailure(const HeartbeatService::Failure& failure, uint8_t flags);
  void MaybeSendAlive(const rados::OsdMap& map);
  void ArmBeacon() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ArmRetry() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnRetryTimer();

  const Options options_;
  const std::string folder_;
  MapKeeper maps_;
  LiveLimits limits_;
  PgTable pgs_;
  OpTracker tracker_;
  SlowOpMonitor slow_ops_;
  // Reads objects elsewhere, to copy them.
  client::Objecter objecter_;
  ObjecterObjects remote_objects_{&objecter_};
  ObjectCopier copier_{&remote_objects_};
  FullnessMonitor fullness_;
  OpService ops_;
  HeartbeatService heartbeats_;
  StatsReporter stats_;
  CommandTable commands_;  // what it can be told
  TellService tell_{&commands_};

  Mutex mutex_;
  CondVar changed_;
  OsdIdentity identity_ ABSL_GUARDED_BY(mutex_);
  State state_ ABSL_GUARDED_BY(mutex_) = State::kWaitingForMap;
  bool registered_ ABSL_GUARDED_BY(mutex_) = false;
  bool placed_ ABSL_GUARDED_BY(mutex_) = false;
  bool command_under_way_ ABSL_GUARDED_BY(mutex_) = false;
  bool boot_sent_ ABSL_GUARDED_BY(mutex_) = false;
  bool whole_map_asked_ ABSL_GUARDED_BY(mutex_) = false;
  bool announced_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool down_acknowledged_ ABSL_GUARDED_BY(mutex_) = false;
  uint32_t up_epoch_ ABSL_GUARDED_BY(mutex_) = 0;        // in which it last came up
  uint32_t alive_sent_for_ ABSL_GUARDED_BY(mutex_) = 0;  // up_from that MOsdAlive was sent for
  Timer::Id beacon_timer_ ABSL_GUARDED_BY(mutex_) = 0;
  Timer::Id retry_timer_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OSD_H_
