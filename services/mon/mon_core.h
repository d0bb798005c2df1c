// MonCore: the monitor without its messenger: takes messages, changes maps, answers.
//
// One monitor decides alone: there is no quorum. Every change is one epoch and one durable batch of
// the store before anybody hears of it.
//
// Sessions: each connection has one. Until it authenticated, only authentication, requests for the
// monitor map and pings are answered; all else is dropped.
// Threads: any; a lock makes them one at a time.
#ifndef SIPHON_SERVICES_MON_MON_CORE_H_
#define SIPHON_SERVICES_MON_MON_CORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "dispatch/dispatcher.h"
#include "msg/auth/auth_exchange.h"
#include "msg/connection.h"
#include "msg/entity_addr.h"
#include "msg/message.h"
#include "services/common/central_config.h"
#include "services/common/commands/command_table.h"
#include "services/mon/auth_service.h"
#include "services/mon/state/cluster_log.h"
#include "services/mon/state/cluster_stats.h"
#include "services/mon/state/config_monitor.h"
#include "services/mon/state/creating_groups.h"
#include "services/mon/state/health_mutes.h"
#include "services/mon/state/mon_state.h"
#include "services/mon/state/mon_store.h"
#include "services/mon/state/osd_map_history.h"
#include "services/mon/state/osd_monitor.h"
#include "services/mon/state/pool_monitor.h"
#include "services/mon/subscription_tracker.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/messages/pool_op.h"
#include "services/rados/mon_map.h"
#include "services/rados/uuid.h"

namespace siphon::mon {

class MonCore final : public Dispatcher {
 public:
  struct Options {
    std::string name = "a";
    std::string folder;        // of the store; made and filled if it is empty
    rados::Uuid fsid;          // of a new cluster (zero: a random one), or as the store has it
    Config* config = nullptr;  // these three are borrowed
    Clock* clock = nullptr;    // null: the real one
    RandomSource* random = nullptr;  // null: the real one
  };

  // InvalidArgument: the store is another cluster's. Else as MonStore::Open().
  static absl::StatusOr<std::unique_ptr<MonCore>> Open(Options options);

  // Says where this monitor is. A new cluster begins with it; call it before messages come.
  absl::Status SetAddrs(const EntityAddrVec& addrs);
  rados::Uuid fsid() const;
  uint32_t osdmap_epoch() const;
  // Lets peers in, for the messenger.
  AuthServer* auth_server() { return auth_->server(); }

  // Runs what somebody on this machine tells this monitor ("ceph daemon mon.a ...").
  CommandResult Tell(const CommandArgs& args);

  // Time passed; call it every second.
  void Tick();

  // --- Dispatcher.
  bool Dispatch(MessagePtr& message) override;
  void HandleAccept(const ConnectionPtr& connection) override {}
  bool HandleReset(const ConnectionPtr& connection) override;

 private:
  struct Session {
    ConnectionPtr connection;
    AuthService::Conversation auth;
    // Its number, for an OSD; else -1.
    int32_t osd = -1;
    // The central options that it was sent last.
    std::optional<std::map<std::string, std::string>> options;
    // The last entry of the log that it was sent.
    uint64_t logged = 0;
  };

  explicit MonCore(Options options);
  absl::Status Load();
  absl::Status StoreMonMap() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status BeginOsdMap() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Handlers; false: not a monitor's message.
  bool HandleAnyone(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HandleClient(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HandleOsd(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnAuth(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The session's peer has just become somebody.
  void OnAuthenticated(Session& s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What the session's capabilities allow: `rights` of MonCaps on a service; a command.
  bool May(const Session& s, std::string_view service, uint8_t rights) const;
  bool MayRun(const Session& s, const CommandArgs& args) const;
  // Says so in the log; true.
  bool Deny(const Session& s, const Message& m) const;
  bool MayPoolOp(const Session& s, const rados::MPoolOp& request) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnSubscribe(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnGetVersion(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnCommand(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnTell(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  CommandResult RunTold(const CommandArgs& args) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddTellCommands();
  void OnPoolOp(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RunPoolOp(const rados::MPoolOp& request, std::optional<BufferList>* response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnStatfs(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnGetPoolStats(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnLog(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnOsdBoot(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveClass(int32_t osd, const rados::MOsdBoot& boot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnOsdFailure(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnMarkMeDown(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnPgStats(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // An OSD that has map `have` asked for a change: it hears what came of it. Real OSDs subscribe to
  // maps only while they know that they miss some.
  void ReplyMap(Session& s, uint64_t have) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // --- In mon_core_space.cc.
  void OnOsdFull(Session& s, Message& m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Marks pools that are over their quotas, or on OSDs that have no space.
  void CheckSpace() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsOverQuota(int64_t id, const rados::PgPool& pool) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellOfQuota(int64_t pool, bool over) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // --- In mon_core_publish.cc.
  // Options that were set centrally since the last time, for this monitor and its peers.
  void PublishOptions() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendOptions(Session& s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::map<std::string, std::string> OptionsFor(const std::string& type,
                                                const std::string& id) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // New entries of the cluster's log, to those who follow it.
  void PublishLog() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendLog(Session& s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Tells the log what became better or worse.
  void WatchHealth() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int CountClients() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Sends what subscribers wait for, if there are new maps since the last time.
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendDue(Session& s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendMonMap(Session& s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendOsdMaps(Session& s, uint64_t start) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Says in the map which pools have groups that OSDs wait to be told to make, as a real OSD wants
  // it before it makes them.
  void MarkCreatingPools() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The groups of new pools that the OSD is to make.
  void SendPgCreates(Session& s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The whole map of an epoch, or the change that led to it.
  absl::Status AddMap(uint32_t epoch, bool whole, rados::MOsdMap* message) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  std::unique_ptr<MonStore> store_;
  rados::MonMap monmap_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<OsdMapHistory> maps_;
  std::unique_ptr<OsdMonitor> osds_;
  std::unique_ptr<CreatingGroups> creating_;
  std::unique_ptr<PoolMonitor> pools_;
  std::unique_ptr<ClusterStats> stats_;
  std::unique_ptr<HealthMutes> mutes_;
  std::unique_ptr<ConfigMonitor> central_;
  std::unique_ptr<ClusterLog> log_;
  std::unique_ptr<CentralConfig> own_options_;
  std::map<std::string, std::string> told_health_ ABSL_GUARDED_BY(mutex_);  // summaries by code
  uint64_t published_options_ ABSL_GUARDED_BY(mutex_) = UINT64_MAX;
  uint32_t published_placement_ ABSL_GUARDED_BY(mutex_) = 0;  // epoch that options were sent for
  std::unique_ptr<AuthService> auth_;
  MonState state_;
  CommandTable commands_;
  CommandTable tell_commands_;  // for this one monitor: "ceph tell mon.a ..."
  SubscriptionTracker subscriptions_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, Session> sessions_ ABSL_GUARDED_BY(mutex_);  // by connection
  uint32_t published_osdmap_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_MON_CORE_H_
