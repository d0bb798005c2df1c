#include "msg/async/async_connection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"
#include "glog/logging.h"
#include "msg/async/async_messenger.h"
#include "msg/auth/cephx/required_features.h"
#include "msg/protocol/session/fault_decision.h"

namespace siphon {
namespace {

// The first number after a reset is random in this range, where the peer has MSG_AUTH.
constexpr uint64_t kMaxFirstSeq = 0x7fffffff;

}  // namespace

AsyncConnection::AsyncConnection(AsyncMessenger* messenger, uint64_t id, Worker* worker,
                                 const Policy& policy, const EntityName& peer,
                                 const EntityAddrVec& peer_addrs, bool incoming, bool anonymous)
    : Connection(messenger, id),
      owner_(messenger),
      worker_(worker),
      peer_type_(peer.type),
      version_(peer_addrs.front().type() == EntityAddr::kLegacy ? ProtocolVersion::kV1
                                                                : ProtocolVersion::kV2),
      incoming_(incoming),
      anonymous_(anonymous),
      session_(policy) {
  set_peer_name(peer);
  set_peer_addrs(peer_addrs);
  worker_->counters().created_connections.fetch_add(1, std::memory_order_relaxed);
  worker_->counters().active_connections.fetch_add(1, std::memory_order_relaxed);
}

AsyncConnection::~AsyncConnection() = default;

// --- Connection: any thread.

void AsyncConnection::Send(MessagePtr message) {
  if (closed()) return;
  message->mutable_header().src = owner()->entity();
  if (message->priority() == 0) message->set_priority(owner()->default_priority());
  if (center()->InCenter()) return EnqueueOut(std::move(message));
  bool first;
  {
    MutexLock lock(inbox_mutex_);
    first = inbox_.empty();
    inbox_.push_back(std::move(message));
    inbox_waits_.store(true, std::memory_order_relaxed);
  }
  if (first) center()->Post([self = Self()] { self->DrainInbox(); });
}

void AsyncConnection::SendKeepalive() {
  if (closed()) return;
  center()->Submit([self = Self()] {
    self->keepalive_due_ = true;
    self->WakeFromStandby();
    self->ScheduleFlush();
  });
}

void AsyncConnection::MarkDown() {
  if (closed_.exchange(true, std::memory_order_acq_rel)) return;
  connected_.store(false, std::memory_order_release);
  owner()->Remove(this);
  // At once: the caller may be a dispatcher, whose next message this would be.
  owner()->dispatch_queue().Discard(id());
  center()->Submit([self = Self()] { self->Close(Tell::kNothing); });
}

void AsyncConnection::MarkDisposable() {
  if (closed()) return;
  disposable_.store(true, std::memory_order_release);
  center()->Submit([self = Self()] { self->HeedDisposable(); });
}

bool AsyncConnection::IsConnected() const { return connected_.load(std::memory_order_acquire); }

// --- Life: center.

void AsyncConnection::Connect() {
  connected_.store(true, std::memory_order_release);
  center()->Submit([self = Self()] {
    if (self->phase_ != Phase::kClosed && !self->link_) self->StartConnect();
  });
}

void AsyncConnection::StartConnectLater(absl::Duration delay) {
  if (delay == absl::ZeroDuration()) return StartConnect();
  SetPhase(Phase::kBackoff, "ms_inject_internal_delays");
  backoff_timer_ = center()->CreateTimeEvent(delay, [self = Self()] { self->StartConnect(); });
}

void AsyncConnection::StartConnect() {
  backoff_timer_ = 0;
  SetPhase(Phase::kConnecting, "");
  connected_.store(true, std::memory_order_release);
  const EntityAddr addr = peer_addr();
  if (owner()->injected_faults().IsPartitioned(addr)) {
    return OnLinkFault(absl::UnavailableError("partitioned by an injected fault"));
  }
  const EntityAddr from = owner()->addrs().front();
  absl::StatusOr<std::unique_ptr<ConnectedSocket>> socket =
      worker_->Connect(addr, owner()->SocketOptionsNow(),
                       owner()->settings().bind_before_connect() ? &from : nullptr);
  if (!socket.ok()) return OnLinkFault(socket.status());
  // Not make_unique: that this is a Link::Owner is a private matter.
  StartLink(std::unique_ptr<Link>(
      new Link(*std::move(socket), worker_, owner()->NewMachine(addr.type(), this), this)));
  TellKnownPeer();
  link_->StartConnect(
      ConnectTerms{.features_supported = session_.policy().features_supported,
                   .features_required = session_.policy().features_required,
                   .cephx_features_required =
                       cephx::FeaturesRequiredOfServers(*owner()->options().config, peer_type_),
                   .protocol_version = owner()->ProtocolVersionFor(peer_type_, true),
                   .peer_type = peer_type_,
                   .target = addr},
      &session_);
}

void AsyncConnection::TellKnownPeer() {
  if (features() == 0) return;  // there was no connection yet
  link_->machine().set_known_peer({.features = features(), .num = known_peer_num_});
}

void AsyncConnection::StartLink(std::unique_ptr<Link> link) {
  link_ = std::move(link);
  last_active_ = center()->clock()->Monotonic();
  ArmDeadline(owner()->settings().ready_timeout());
}

void AsyncConnection::DropLink() {
  center()->DeleteTimeEvent(std::exchange(deadline_timer_, 0));
  if (waiter_) {
    waiter_->Cancel();
    waiter_.reset();
  }
  for (ThrottleShare& share : shares_) share.Release();
  reading_paused_ = false;
  Link::Discard(std::exchange(link_, nullptr));
}

void AsyncConnection::OnLinkFault(const absl::Status& reason) {
  using Stage = FaultInput::Stage;
  if (phase_ == Phase::kClosed) return;
  if (closed()) return Close(Tell::kNothing);
  HeedDisposable();
  const bool told_to_wait = link_ && link_->machine().told_to_wait();
  const MachineStage stage = link_ ? link_->machine().stage() : MachineStage::kDialling;
  if (link_) global_seq_ = link_->machine().global_seq();
  last_fault_ = std::string(reason.message());
  owner()->RecordFault(PeerText(), StateText(), reason);
  DropLink();
  if (delayed_) delayed_->Flush();
  if (absl::IsNotFound(reason) && stage == MachineStage::kDialling) {
    owner()->dispatch_queue().EnqueueEvent(DispatchQueue::Event::kRefused, shared_from_this());
  }
  session_.Requeue();

  FaultInput input;
  input.stage = told_to_wait                         ? Stage::kWait
                : stage == MachineStage::kDialling   ? Stage::kDialling
                : stage == MachineStage::kConnecting ? Stage::kHandshaking
                                                     : Stage::kOpen;
  input.lossy = session_.lossy();
  input.standby = session_.policy().standby;
  input.server = session_.policy().server;
  input.has_queued = session_.HasQueued() || keepalive_due_;
  input.backoff = backoff_;
  input.initial_backoff = owner()->settings().initial_backoff();
  input.max_backoff = owner()->settings().max_backoff();
  const FaultDecision decision = DecideFault(input);
  switch (decision.action) {
    case FaultAction::kClose:
      return Close(Tell::kReset);
    case FaultAction::kStandby:
      return ToStandby();
    case FaultAction::kReconnect:
      ++session_.connect_seq;
      ++reconnects_;
      owner()->CountReconnect();
      backoff_ = absl::ZeroDuration();
      return StartConnectLater(owner()->InternalDelay());
    case FaultAction::kRetry:
      backoff_ = decision.delay;
      CountAttempt();
      SetPhase(input.stage == Stage::kWait ? Phase::kWait : Phase::kBackoff, decision.rule);
      backoff_timer_ =
          center()->CreateTimeEvent(decision.delay, [self = Self()] { self->StartConnect(); });
      return;
  }
}

void AsyncConnection::HeedDisposable() {
  if (disposable_.load(std::memory_order_acquire)) session_.set_lossy(true);
}

void AsyncConnection::ToStandby() {
  SetPhase(Phase::kStandby, "");
  connected_.store(false, std::memory_order_release);
  backoff_ = absl::ZeroDuration();
}

// v2 counts each attempt to go on with a session; v1 only those after a session broke.
void AsyncConnection::CountAttempt() {
  if (version_ == ProtocolVersion::kV2 && session_.server_cookie != 0) ++session_.connect_seq;
}

void AsyncConnection::WakeFromStandby() {
  if (phase_ != Phase::kStandby || session_.policy().server) return;
  if (Mutated(Mutant::kStandbyIsNotLeft)) return;
  CountAttempt();
  ++reconnects_;
  owner()->CountReconnect();
  StartConnect();
}

void AsyncConnection::ResetSession() {
  if (delayed_) delayed_->Discard();
  owner()->dispatch_queue().Discard(id());
  const bool random = version_ == ProtocolVersion::kV1 && HasFeature(features(), kFeatureMsgAuth);
  session_.Reset(random ? owner()->random()->Below(kMaxFirstSeq + 1) : 0);
  Record("session reset", "");
  if (Mutated(Mutant::kRemoteResetIsNotTold)) return;
  owner()->dispatch_queue().EnqueueEvent(DispatchQueue::Event::kRemoteReset, shared_from_this());
}

void AsyncConnection::Close(Tell tell) {
  if (phase_ == Phase::kClosed) return;
  closed_.store(true, std::memory_order_release);
  connected_.store(false, std::memory_order_release);
  SetPhase(Phase::kClosed, last_fault_);
  // The table may hold the last reference, and this may be called from deep inside the link.
  center()->Post([self = Self()] {});
  owner()->Remove(this);
  center()->DeleteTimeEvent(std::exchange(backoff_timer_, 0));
  center()->CancelEndOfRound(this);
  DropLink();
  if (delayed_) delayed_->Discard();
  owner()->dispatch_queue().Discard(id());
  if (tell == Tell::kReset && !Mutated(Mutant::kResetIsNotTold)) {
    owner()->dispatch_queue().EnqueueEvent(DispatchQueue::Event::kReset, shared_from_this());
  }
  std::vector<MessagePtr> unsent;
  {
    MutexLock lock(inbox_mutex_);
    unsent.swap(inbox_);
  }
  session_.Reset(0);
  worker_->ReleaseRef();
  worker_->counters().active_connections.fetch_sub(1, std::memory_order_relaxed);
}

void AsyncConnection::ArmDeadline(absl::Duration after) {
  center()->DeleteTimeEvent(std::exchange(deadline_timer_, 0));
  if (after <= absl::ZeroDuration() || Mutated(Mutant::kDeadlineIsNotArmed)) return;
  deadline_timer_ = center()->CreateTimeEvent(after, [self = Self()] { self->OnDeadline(); });
}

void AsyncConnection::OnDeadline() {
  deadline_timer_ = 0;
  if (!link_) return;
  const MessengerSettings& settings = owner()->settings();
  const absl::Duration idle = absl::Nanoseconds(center()->clock()->Monotonic() - last_active_);
  const char* reason = nullptr;
  if (phase_ == Phase::kOpen && reading_paused_) {
    // It is this side that stands still.
  } else if (phase_ != Phase::kOpen) {
    reason = "the handshake took longer than ms_connection_ready_timeout";
  } else if (idle >= settings.idle_timeout()) {
    reason = "idle for ms_connection_idle_timeout";
  } else if (link_->machine().stage() == MachineStage::kReadingMessage &&
             idle >= settings.ready_timeout()) {
    // It holds shares of throttles that others wait for.
    reason = "nothing more of a message came for ms_connection_ready_timeout";
  }
  if (reason == nullptr) return ArmDeadline(IdleCheckInterval());
  link_->Close();
  OnLinkFault(absl::DeadlineExceededError(reason));
}

absl::Duration AsyncConnection::IdleCheckInterval() const {
  return std::min(owner()->settings().idle_timeout(), owner()->settings().ready_timeout());
}

}  // namespace siphon
