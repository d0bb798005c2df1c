// MonClient: the session. What is asked in it is in mon_client_requests.cc.
#include "services/common/mon_client.h"

#include <glog/logging.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/absl_view.h"
#include "base/buffer.h"
#include "base/encoder.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/rotating_keys.h"
#include "services/rados/messages/auth.h"
#include "services/rados/messages/mon_subscribe.h"

namespace siphon {
namespace {

// Each failure makes the wait for the next monitor longer, up to ten times the interval.
constexpr double kHuntBackoff = 1.5;
constexpr double kMaxHuntMultiple = 10;
constexpr absl::Duration kFirstRetry = absl::Milliseconds(100);
constexpr int kMaxCountedFailures = 16;

constexpr uint8_t kAuthRequestVersion = 1;

std::string HostName() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 ? name : "";
}

absl::Duration HuntDelay(const Config& config, int failures) {
  double multiple = 1;
  for (int i = 0; i < failures && multiple < kMaxHuntMultiple; ++i) multiple *= kHuntBackoff;
  return config.GetDuration("mon_client_hunt_interval") * std::min(multiple, kMaxHuntMultiple);
}

}  // namespace

MonClient::MonClient(const Options& options)
    : options_(options), central_config_(options.config), picker_(options.random) {}

void MonClient::Run(Effects effects) {
  for (auto& effect : effects) effect();
}

absl::Status MonClient::Start(const std::vector<EntityAddrVec>& monitors) {
  MutexLock lock(mutex_);
  CHECK(state_ == State::kIdle) << "a MonClient is started once";
  if (!picker_.SetMonitors(monitors, Protocols())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "mon_host: none of the monitors has an address of a protocol that is spoken "
        "here (",
        options_.messenger->addrs().ToString(),
        options_.auth->MonsMustBeSecure()
            ? "; ms_mon_client_mode and its kin allow secure mode alone, which only v2 has); add "
              "v2:HOST:3300"
            : "); add v1:HOST:6789 or v2:HOST:3300"));
  }
  options_.auth->set_on_mon_refusal([this](const absl::Status& why) {
    MutexLock refusal_lock(mutex_);
    if (state_ != State::kShutDown && state_ != State::kOpen) Refused(why);
  });
  subscriptions_.Want("monmap", 0, false);
  subscriptions_.Want("config", 0, false);
  OpenSession("");
  return absl::OkStatus();
}

void MonClient::OpenSession(absl::string_view why) {
  if (connection_) connection_->MarkDown();
  connection_.reset();
  login_.reset();
  challenged_ = logged_in_ = false;
  options_.timer->Cancel(std::exchange(ping_timer_, 0));
  options_.timer->Cancel(std::exchange(renew_timer_, 0));
  options_.timer->Cancel(std::exchange(hunt_timer_, 0));
  state_ = State::kAuthenticating;
  refused_ = false;
  monitor_ = picker_.Next();
  const uint64_t session = ++session_;
  if (!why.empty()) {
    last_failure_ = std::string(why);
    LOG(INFO) << options_.messenger->name() << ": " << why << "; trying monitor "
              << monitor_.ToString();
  }
  hunt_timer_ = options_.timer->After(HuntDelay(*options_.config, failures_),
                                      [this, session] { OnHuntTimer(session); });
  failures_ = std::min(failures_ + 1, kMaxCountedFailures);
  absl::StatusOr<ConnectionPtr> connection =
      options_.messenger->ConnectTo(kEntityMon, EntityAddrVec(monitor_));
  if (!connection.ok()) {
    last_failure_ = std::string(connection.status().message());
    refused_ = true;
    return;  // the hunt goes on when its timer fires
  }
  connection_ = *std::move(connection);
  // Over v2 the connection itself is authenticated: HandleConnect() goes on.
  if (monitor_.type() != EntityAddr::kMsgr2) SendGreeting();
}

MonPicker::Protocols MonClient::Protocols() const {
  const EntityAddrVec mine = options_.messenger->addrs();
  bool v1 = !mine.legacy().is_blank();
  bool v2 = !mine.msgr2().is_blank();
  // Who listens on v2 is known by all its addresses only to those whom it dials over v2.
  if (v2) v1 = false;
  // Who listens nowhere speaks both.
  if (!v1 && !v2) v1 = v2 = true;
  // Whoever keeps v2 from us must not get to read along over v1.
  if (options_.auth->MonsMustBeSecure()) v1 = false;
  return {.v1 = v1, .v2 = v2};
}

void MonClient::SendAuth(uint32_t protocol, std::string payload) {
  auto auth = std::make_unique<rados::MAuth>();
  auth->protocol = protocol;
  auth->auth_payload = BufferList(Buffer::FromString(std::move(payload)));
  auth->monmap_epoch = monmap_.epoch;
  connection_->Send(std::move(auth));
}

void MonClient::SendGreeting() {
  const absl::StatusOr<std::vector<uint32_t>> methods = options_.auth->MonMethods();
  if (!methods.ok()) return Refused(methods.status());
  if (options_.auth->cephx() != nullptr) {
    login_.emplace(options_.auth->cephx(), ProtocolVersion::kV1);
    return SendAuth(kAuthUnknown, login_->Begin(*methods));
  }
  BufferList greeting;
  Encoder e(&greeting);
  e.U8(kAuthRequestVersion);
  e.U32(static_cast<uint32_t>(methods->size()));
  for (const uint32_t method : *methods) e.U32(method);
  options_.auth->name().Encode(e);
  e.U64(global_id_);
  SendAuth(kAuthUnknown, greeting.ToString());
}

void MonClient::OnHuntTimer(uint64_t session) {
  MutexLock lock(mutex_);
  if (session != session_ || state_ == State::kShutDown) return;
  hunt_timer_ = 0;
  if (state_ == State::kOpen) return;
  OpenSession(refused_ ? last_failure_
                       : absl::StrCat("monitor ", monitor_.ToString(), " does not answer"));
}

void MonClient::OnPingTimer(uint64_t session) {
  MutexLock lock(mutex_);
  if (session != session_ || state_ != State::kOpen) return;
  const absl::Time heard = std::max(session_began_, connection_->last_keepalive_ack());
  const absl::Duration silent = options_.clock->Now() - heard;
  if (silent > options_.config->GetDuration("mon_client_ping_timeout")) {
    return OpenSession(absl::StrCat("monitor ", monitor_.ToString(), " has been silent for ",
                                    absl::FormatDuration(silent)));
  }
  cephx::CephxClient* const cephx = options_.auth->cephx();
  if (cephx != nullptr && cephx->global_id() != 0 && cephx->NeedsLogin()) {
    return OpenSession("the login is half through its life; a new one is made");
  }
  AskForKeys();
  connection_->SendKeepalive();
  ping_timer_ = options_.timer->After(options_.config->GetDuration("mon_client_ping_interval"),
                                      [this, session] { OnPingTimer(session); });
}

void MonClient::OnConnectionLost(const ConnectionPtr& connection, bool dead,
                                 absl::string_view why) {
  MutexLock lock(mutex_);
  if (connection != connection_ || state_ == State::kShutDown) return;
  const std::string text = absl::StrCat("monitor ", monitor_.ToString(), " ", why);
  if (state_ == State::kOpen || !picker_.round_complete()) return OpenSession(text);
  // All were tried: not at once again.
  last_failure_ = text;
  refused_ = true;
  if (dead) connection_.reset();
  options_.timer->Cancel(hunt_timer_);
  const absl::Duration retry = std::min(kFirstRetry * (1 << std::min(failures_, 10)),
                                        HuntDelay(*options_.config, failures_));
  hunt_timer_ = options_.timer->After(retry, [this, session = session_] { OnHuntTimer(session); });
}

bool MonClient::HandleReset(const ConnectionPtr& connection) {
  if (connection->peer_type() != kEntityMon) return false;
  OnConnectionLost(connection, true, "closed the connection");
  return true;
}

bool MonClient::HandleRefused(const ConnectionPtr& connection) {
  if (connection->peer_type() != kEntityMon) return false;
  OnConnectionLost(connection, false, "refused the connection");
  return true;
}

void MonClient::HandleConnect(const ConnectionPtr& connection) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    if (connection != connection_ || state_ != State::kAuthenticating) return;
    if (monitor_.type() == EntityAddr::kMsgr2) ContinueLogin(effects);
  }
  Run(std::move(effects));
}

void MonClient::HandleAuthReply(const rados::MAuthReply& reply) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    if (state_ == State::kOpen || logged_in_) {
      // Tickets or keys.
      cephx::CephxClient* const cephx = options_.auth->cephx();
      if (cephx == nullptr) return;
      const absl::Status status = cephx->OnReply(reply.auth_payload.ToString());
      if (!status.ok()) {
        LOG(WARNING) << "monitor " << monitor_.ToString()
                     << " gives no tickets or keys: " << status.message();
        if (state_ != State::kOpen) Refused(status);
      } else if (state_ == State::kAuthenticating) {
        ContinueLogin(effects);
      }
    } else if (state_ == State::kAuthenticating) {
      const absl::Status status = TakeLoginReply(reply);
      if (!status.ok()) {
        Refused(status);
      } else if (logged_in_) {
        ContinueLogin(effects);
      }
    }
  }
  Run(std::move(effects));
}

absl::Status MonClient::TakeLoginReply(const rados::MAuthReply& reply) {
  if (reply.result < 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("monitor ", monitor_.ToString(), " refused ", options_.auth->name().ToString(),
                     " with error ", reply.result, reply.result_message.empty() ? "" : ": ",
                     reply.result_message, "; see auth_client_required and keyring in ceph.conf"));
  }
  if (reply.protocol == kAuthNone) {
    const absl::StatusOr<std::vector<uint32_t>> methods = options_.auth->MonMethods();
    const bool allowed =
        methods.ok() && std::find(methods->begin(), methods->end(), kAuthNone) != methods->end();
    if (!allowed) {
      return absl::PermissionDeniedError(
          absl::StrCat("monitor ", monitor_.ToString(),
                       " wants no authentication, which auth_client_required does not allow"));
    }
    if (reply.global_id != 0) options_.auth->set_global_id(reply.global_id);
    logged_in_ = true;
    return absl::OkStatus();
  }
  if (reply.protocol != kAuthCephx || !login_.has_value()) {
    return absl::UnimplementedError(
        absl::StrCat("monitor ", monitor_.ToString(), " wants authentication method ",
                     reply.protocol, ", for which ", options_.auth->name().ToString(),
                     " has no key here: give a keyring, or set auth_client_required = none"));
  }
  if (!challenged_) {
    absl::StatusOr<std::string> answer = login_->OnChallenge(reply.auth_payload.ToString());
    if (!answer.ok()) return answer.status();
    challenged_ = true;
    SendAuth(kAuthCephx, *std::move(answer));
    return absl::OkStatus();
  }
  const absl::StatusOr<AuthSecrets> secrets =
      login_->OnSession(reply.global_id, reply.auth_payload.ToString());
  if (!secrets.ok()) return secrets.status();
  logged_in_ = true;
  return absl::OkStatus();
}

bool MonClient::AskForKeys() {
  cephx::CephxClient* const cephx = options_.auth->cephx();
  if (cephx == nullptr || cephx->global_id() == 0) return false;
  if (cephx->DueTickets() != 0) {
    absl::StatusOr<std::string> request = cephx->TicketsRequest();
    if (!request.ok()) return false;
    SendAuth(kAuthCephx, *std::move(request));
    return true;
  }
  cephx::RotatingKeys* const keys = options_.auth->rotating_keys();
  if (keys == nullptr || !keys->NeedFetch(options_.clock->Now())) return false;
  SendAuth(kAuthCephx, cephx->RotatingKeysRequest());
  return true;
}

void MonClient::ContinueLogin(Effects& effects) {
  logged_in_ = true;
  if (AskForKeys()) return;
  refusal_ = absl::OkStatus();
  if (options_.auth->global_id() != 0) global_id_ = options_.auth->global_id();
  if (options_.auth->name().type == kEntityClient) {
    options_.messenger->SetEntity(EntityName{kEntityClient, static_cast<int64_t>(global_id_)});
  }
  state_ = State::kAwaitingMap;
  subscriptions_.Restart();
  SendSubscriptions();
  MaybeOpened(effects);
  changed_.SignalAll();
}

void MonClient::Refused(const absl::Status& why) {
  refusal_ = why;
  last_failure_ = std::string(why.message());
  LOG(WARNING) << last_failure_;
  changed_.SignalAll();
}

void MonClient::MaybeOpened(Effects& effects) {
  if (state_ != State::kAwaitingMap || monmap_.epoch == 0) return;
  state_ = State::kOpen;
  failures_ = 0;
  session_began_ = options_.clock->Now();
  options_.timer->Cancel(std::exchange(hunt_timer_, 0));
  ping_timer_ = options_.timer->After(options_.config->GetDuration("mon_client_ping_interval"),
                                      [this, session = session_] { OnPingTimer(session); });
  VLOG(1) << options_.messenger->name() << ": session with monitor " << monitor_.ToString();
  for (const auto& [tid, command] : commands_) SendCommand(tid, command);
  for (const auto& [handle, version] : versions_) SendVersionRequest(handle, version);
  for (MessagePtr& message : waiting_) connection_->Send(std::move(message));
  waiting_.clear();
  changed_.SignalAll();
  effects.push_back([this] {
    for (Observer* observer : observers_) observer->OnMonSession();
  });
}

void MonClient::SendSubscriptions() {
  MonSubscriptions::Items items = subscriptions_.Take();
  if (items.empty()) return;
  auto message = std::make_unique<rados::MMonSubscribe>();
  message->what = std::move(items);
  message->hostname = HostName();
  connection_->Send(std::move(message));
}

void MonClient::HandleMonMap(const rados::MMonMap& message) {
  absl::StatusOr<rados::MonMap> map = rados::MonMap::Decode(message.map);
  if (!map.ok()) {
    LOG(ERROR) << "a monitor map that cannot be read is ignored: " << map.status().message();
    return;
  }
  Effects effects;
  {
    MutexLock lock(mutex_);
    subscriptions_.Got("monmap", map->epoch);
    if (map->epoch == 0 || map->epoch < monmap_.epoch) return;
    monmap_ = *map;
    std::vector<EntityAddrVec> monitors;
    for (const auto& [name, info] : monmap_.monitors) monitors.push_back(info.addrs);
    const bool usable = picker_.SetMonitors(monitors, Protocols());
    effects.push_back([this, map = *std::move(map)] {
      for (Observer* observer : observers_) observer->OnMonMap(map);
    });
    MaybeOpened(effects);
    if (usable && !picker_.Contains(monitor_)) {
      OpenSession(absl::StrCat("monitor ", monitor_.ToString(), " is no longer in the map"));
    }
  }
  Run(std::move(effects));
}

absl::Status MonClient::WaitForSession(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  MutexLock lock(mutex_);
  for (;;) {
    if (state_ == State::kOpen) return absl::OkStatus();
    if (state_ == State::kShutDown) return absl::CancelledError("shut down");
    if (!refusal_.ok()) return refusal_;
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) break;
    changed_.WaitFor(mutex_, left);
  }
  return absl::DeadlineExceededError(
      absl::StrCat("no monitor answered within ", absl::FormatDuration(timeout), ": tried ",
                   picker_.ToString(), last_failure_.empty() ? "" : "; ", last_failure_,
                   "; check that a monitor runs there, and mon_host"));
}

void MonClient::Shutdown() {
  std::map<uint64_t, PendingCommand> commands;
  std::map<uint64_t, PendingVersion> versions;
  std::deque<MessagePtr> waiting;
  {
    MutexLock lock(mutex_);
    if (state_ == State::kShutDown) return;
    state_ = State::kShutDown;
    if (connection_) connection_->MarkDown();
    connection_.reset();
    for (Timer::Id* timer : {&hunt_timer_, &ping_timer_, &renew_timer_}) {
      options_.timer->Cancel(std::exchange(*timer, 0));
    }
    commands.swap(commands_);
    versions.swap(versions_);
    waiting.swap(waiting_);
    changed_.SignalAll();
  }
  for (auto& [tid, command] : commands) {
    options_.timer->Cancel(command.timeout);
    command.done(-ECANCELED, "shut down", BufferList());
  }
  for (auto& [handle, version] : versions) {
    options_.timer->Cancel(version.timeout);
    version.done(absl::CancelledError("shut down"), 0, 0);
  }
  options_.timer->Drain();
}

rados::MonMap MonClient::monmap() const {
  MutexLock lock(mutex_);
  return monmap_;
}

rados::Uuid MonClient::fsid() const {
  MutexLock lock(mutex_);
  return monmap_.fsid;
}

uint64_t MonClient::global_id() const {
  MutexLock lock(mutex_);
  return global_id_;
}

bool MonClient::in_session() const {
  MutexLock lock(mutex_);
  return state_ == State::kOpen;
}

EntityAddr MonClient::current_monitor() const {
  MutexLock lock(mutex_);
  return monitor_;
}

}  // namespace siphon
