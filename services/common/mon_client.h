// MonClient: a session with the monitors, for clients and daemons alike.
//
// It dials one monitor of those it knows, authenticates (method none, in band on v1), subscribes,
// and goes to another monitor when one is silent, gone or no longer in the map. What was asked for
// through Command() and GetVersion() is asked for again in each new session until it is answered or
// its time (rados_mon_op_timeout) is over; so are subscriptions.
//
// It is a Dispatcher of the messenger that it dials with: add it before the messenger is started.
// Options that the monitors set centrally are applied to the Config (central_config.h).
// For clients it renames the messenger to client.GLOBAL_ID; daemons keep their names.
//
// Threads: any, but Start() once and Shutdown() not from a callback. Callbacks run without locks,
// on the dispatch thread, the timer's or the caller's; they must not block. The observers' calls
// come from the dispatch thread, one after another. Ownership: everything in Options is borrowed
// and outlives the client. Call Shutdown() before the messenger's, and destroy the client after the
// messenger's Wait().
#ifndef SIPHON_SERVICES_COMMON_MON_CLIENT_H_
#define SIPHON_SERVICES_COMMON_MON_CLIENT_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "dispatch/dispatcher.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/connection.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "msg/messenger.h"
#include "services/common/central_config.h"
#include "services/common/mon_picker.h"
#include "services/common/mon_subscriptions.h"
#include "services/common/process_auth.h"
#include "services/common/timer.h"
#include "services/rados/messages/auth_reply.h"
#include "services/rados/messages/config.h"
#include "services/rados/messages/mon_command_ack.h"
#include "services/rados/messages/mon_get_version_reply.h"
#include "services/rados/messages/mon_map.h"
#include "services/rados/messages/mon_subscribe_ack.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/mon_map.h"
#include "services/rados/uuid.h"

namespace siphon {

class MonClient final : public Dispatcher {
 public:
  // Who wants to know what monitors publish.
  class Observer {
   public:
    virtual ~Observer() = default;
    // A session is open. What was given to Send() before and not answered must be sent again.
    virtual void OnMonSession() {}
    virtual void OnMonMap(const rados::MonMap& map) {}
    virtual void OnConfig(const std::map<std::string, std::string>& options) {}
    // Maps for which the process has subscribed, or that an OSD shares. Whoever keeps them reports
    // the epoch that it has with GotMap().
    virtual void OnOsdMap(const rados::MOsdMap& maps) {}
  };

  struct Options {
    Messenger* messenger = nullptr;
    Config* config = nullptr;
    Timer* timer = nullptr;
    ProcessAuth* auth = nullptr;  // also the messenger's
    Clock* clock = &Clock::Real();
    RandomSource* random = &RandomSource::Real();
  };

  // `result` is 0 or a negative errno, `status` a line for people, `data` the output.
  using CommandCallback = absl::AnyInvocable<void(int result, std::string status, BufferList data)>;
  using VersionCallback =
      absl::AnyInvocable<void(absl::Status status, uint64_t newest, uint64_t oldest)>;

  // What waits for a session through Send() at most; the oldest beyond it are dropped.
  static constexpr size_t kMaxWaitingMessages = 1024;

  explicit MonClient(const Options& options);

  // Before Start().
  void AddObserver(Observer* observer) { observers_.push_back(observer); }
  // Begins to look for one of `monitors`. InvalidArgument: none has an address of a protocol that
  // the messenger speaks.
  absl::Status Start(const std::vector<EntityAddrVec>& monitors);
  // Ends the session; what is not answered fails with ECANCELED. Idempotent.
  void Shutdown();

  // Returns when a session is open. DeadlineExceeded: none was within `timeout` (the message says
  // what was tried, and why it failed). PermissionDenied, Unimplemented: a monitor refused us.
  absl::Status WaitForSession(absl::Duration timeout);

  // Subscribes to "osdmap", "monmap", "mgrmap", ... from epoch `start` on (0: the current one).
  // "monmap" and "config" are subscribed to by themselves.
  void Subscribe(const std::string& what, uint64_t start, bool one_time);
  // Asks once more, whatever was asked for and came: for maps that were of no use.
  void Resubscribe(const std::string& what, uint64_t start);
  void GotMap(const std::string& what, uint64_t epoch);

  // Runs a command, a JSON object {"prefix": ...}, with `input` as its data.
  void Command(std::string json, BufferList input, CommandCallback done);
  // Asks for the newest and oldest epoch of "osdmap", "monmap", ....
  void GetVersion(const std::string& what, VersionCallback done);
  // Sends a message once a session is open. It is not sent again in another session.
  void Send(MessagePtr message);

  // --- What is known now.
  rados::MonMap monmap() const;
  rados::Uuid fsid() const;
  uint64_t global_id() const;
  bool in_session() const;
  // The monitor of the session, or that is being tried; blank without one.
  EntityAddr current_monitor() const;

  // --- Dispatcher.
  bool Dispatch(MessagePtr& message) override;
  void HandleConnect(const ConnectionPtr& connection) override;
  bool HandleReset(const ConnectionPtr& connection) override;
  bool HandleRefused(const ConnectionPtr& connection) override;

 private:
  enum class State { kIdle, kAuthenticating, kAwaitingMap, kOpen, kShutDown };
  struct PendingCommand {
    std::string json;
    BufferList input;
    CommandCallback done;
    Timer::Id timeout = 0;
  };
  struct PendingVersion {
    std::string what;
    VersionCallback done;
    Timer::Id timeout = 0;
  };
  // What to do once the lock is released.
  using Effects = std::vector<absl::AnyInvocable<void()>>;
  static void Run(Effects effects);

  void OpenSession(absl::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // `dead`: closed for good; else the messenger goes on dialling by itself.
  void OnConnectionLost(const ConnectionPtr& connection, bool dead, absl::string_view why);
  void OnHuntTimer(uint64_t session);
  void OnPingTimer(uint64_t session);
  // The session, if it is authenticated and knows the monitors, is open: everything is asked for.
  void MaybeOpened(Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void HandleAuthReply(const rados::MAuthReply& reply);
  // v1: the answer to the greeting, or to what followed it.
  absl::Status TakeLoginReply(const rados::MAuthReply& reply) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Logged in: asks for what is missing of tickets and keys, or begins to subscribe.
  void ContinueLogin(Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Asks for tickets or keys that are due; false when nothing is.
  bool AskForKeys() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendAuth(uint32_t protocol, std::string payload) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Refused(const absl::Status& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  MonPicker::Protocols Protocols() const;
  void HandleMonMap(const rados::MMonMap& message);
  void HandleConfig(const rados::MConfig& message);
  void HandleCommandAck(rados::MMonCommandAck& ack);
  void HandleVersionReply(const rados::MMonGetVersionReply& reply);
  void HandleSubscribeAck(const rados::MMonSubscribeAck& ack);
  void HandleOsdMap(const rados::MOsdMap& message);
  bool IsFromSession(const Message& message);

  void SendGreeting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendSubscriptions() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendCommand(uint64_t tid, const PendingCommand& command)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendVersionRequest(uint64_t handle, const PendingVersion& version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishCommand(uint64_t tid, int result, std::string status, BufferList data);
  void FinishVersion(uint64_t handle, absl::Status status, uint64_t newest, uint64_t oldest);
  // Arms the time-out of a request (rados_mon_op_timeout); 0 when there is none.
  Timer::Id ArmTimeout(Timer::Task on_timeout);

  const Options options_;
  std::vector<Observer*> observers_;
  CentralConfig central_config_;  // the dispatch thread only

  mutable Mutex mutex_;
  CondVar changed_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kIdle;
  MonPicker picker_ ABSL_GUARDED_BY(mutex_);
  MonSubscriptions subscriptions_ ABSL_GUARDED_BY(mutex_);
  ConnectionPtr connection_ ABSL_GUARDED_BY(mutex_);
  EntityAddr monitor_ ABSL_GUARDED_BY(mutex_);
  // Of this attempt, over v1 with cephx.
  std::optional<cephx::ClientLogin> login_ ABSL_GUARDED_BY(mutex_);
  bool challenged_ ABSL_GUARDED_BY(mutex_) = false;
  bool logged_in_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t session_ ABSL_GUARDED_BY(mutex_) = 0;  // counts attempts; tells late timers apart
  bool refused_ ABSL_GUARDED_BY(mutex_) = false;  // this attempt has failed, see last_failure_
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;      // attempts since a session was open
  absl::Time session_began_ ABSL_GUARDED_BY(mutex_);
  Timer::Id hunt_timer_ ABSL_GUARDED_BY(mutex_) = 0;
  Timer::Id ping_timer_ ABSL_GUARDED_BY(mutex_) = 0;
  Timer::Id renew_timer_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);      // of the last authentication
  std::string last_failure_ ABSL_GUARDED_BY(mutex_);  // of the last attempt, for people
  rados::MonMap monmap_ ABSL_GUARDED_BY(mutex_);
  uint64_t global_id_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t next_tid_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, PendingCommand> commands_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, PendingVersion> versions_ ABSL_GUARDED_BY(mutex_);
  std::deque<MessagePtr> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_MON_CLIENT_H_
