#include "msg/async/async_connection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"
#include "glog/logging.h"
#include "msg/async/async_messenger.h"
#include "msg/async/incoming_link.h"
#include "msg/protocol/session/accept_decision.h"
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
  absl::StatusOr<std::unique_ptr<ConnectedSocket>> socket =
      worker_->Connect(addr, owner()->SocketOptionsNow(), nullptr);
  if (!socket.ok()) return OnLinkFault(socket.status());
  // Not make_unique: that this is a Link::Owner is a private matter.
  StartLink(std::unique_ptr<Link>(
      new Link(*std::move(socket), worker_, owner()->NewMachine(addr.type(), this), this)));
  link_->StartConnect(
      ConnectTerms{.features_supported = session_.policy().features_supported,
                   .features_required = session_.policy().features_required,
                   .protocol_version = owner()->ProtocolVersionFor(peer_type_, true),
                   .peer_type = peer_type_,
                   .target = addr},
      &session_);
}

void AsyncConnection::StartLink(std::unique_ptr<Link> link) {
  link_ = std::move(link);
  last_active_ = center()->clock()->Monotonic();
  ArmDeadline(owner()->settings().ready_timeout());
}

void AsyncConnection::Begin(std::unique_ptr<Link> link) {
  if (phase_ == Phase::kClosed) return Link::Discard(std::move(link));
  Adopt(std::move(link), /*peer_reset=*/false, /*reset_first=*/false);
}

void AsyncConnection::Adopt(std::unique_ptr<Link> link, bool peer_reset, bool reset_first) {
  center()->DeleteTimeEvent(std::exchange(backoff_timer_, 0));
  DropLink();
  if (reset_first) ResetSession();
  session_.Requeue();
  backoff_ = absl::ZeroDuration();
  link->Attach(worker_, this);
  StartLink(std::move(link));
  SetPhase(Phase::kAccepting, "");
  connected_.store(true, std::memory_order_release);
  link_->machine().Open(&session_, peer_reset);
  if (link_) link_->ResumeReading();
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

void AsyncConnection::Judge(const std::shared_ptr<IncomingLink>& incoming) {
  if (phase_ == Phase::kClosed || closed()) return incoming->Decide();
  const ConnectRequest& request = incoming->request();
  ExistingSession existing;
  existing.phase = phase_ == Phase::kOpen || phase_ == Phase::kAccepting
                       ? ExistingSession::Phase::kOpen
                   : phase_ == Phase::kStandby ? ExistingSession::Phase::kStandby
                                               : ExistingSession::Phase::kConnecting;
  existing.lossy = session_.lossy();
  existing.server = session_.policy().server;
  existing.resetcheck = session_.policy().resetcheck;
  existing.connect_seq = session_.connect_seq;
  existing.peer_global_seq = session_.peer_global_seq;
  AcceptRequest asked;
  asked.global_seq = request.global_seq;
  asked.connect_seq = request.connect_seq;
  asked.peer_addr_is_less = incoming->peer_key() < owner()->MyAddr(version_);
  Answer(incoming, DecideAccept(asked, &existing));
}

void AsyncConnection::Answer(const std::shared_ptr<IncomingLink>& incoming,
                             const AcceptDecision& decision) {
  VLOG(2) << owner()->name() << ": " << PeerText() << " connects again: " << decision.rule;
  using Kind = Refusal::Kind;
  switch (decision.action) {
    case AcceptAction::kRetryGlobal:
      return incoming->Refuse({.kind = Kind::kRetryGlobal, .seq = decision.seq});
    case AcceptAction::kRetrySession:
      return incoming->Refuse({.kind = Kind::kRetrySession, .seq = decision.seq});
    case AcceptAction::kResetSession:
      return incoming->Refuse({.kind = Kind::kResetSession});
    case AcceptAction::kWait:
      // Makes sure that this side's attempt is carried through even with nothing to send.
      keepalive_due_ = true;
      return incoming->Refuse({.kind = Kind::kWait});
    case AcceptAction::kReplaceLossy:
      Close(Tell::kReset);
      // Not always a new session: a peer that believes in the old one (this side alone was made
      // disposable) has to hear that it is gone.
      return incoming->Decide();
    case AcceptAction::kAdopt:
      Record("replaced", decision.rule);
      return Adopt(incoming->Release(), decision.peer_reset, decision.reset_first);
    case AcceptAction::kNewSession:
      return;  // not with an existing session
  }
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

// --- Handshake: center.

uint64_t AsyncConnection::NextGlobalSeq(uint64_t at_least) {
  const uint64_t number = owner()->NextGlobalSeq(at_least);
  // Marked down, but not closed yet. Who dials the peer next must have the greater number: if this
  // one came later, the mark is seen here (the two are ordered by the counter), and the attempt is
  // not made.
  if (closed() && link_) link_->machine().Stop();
  return number;
}

uint64_t AsyncConnection::RandomCookie() { return owner()->RandomCookie(); }
EntityName AsyncConnection::MyName() { return owner()->entity(); }
EntityAddrVec AsyncConnection::MyAddrs() { return owner()->AddrsFor(version_); }

std::unique_ptr<AuthClientExchange> AsyncConnection::NewAuthClientExchange() {
  AuthClient* const client = owner()->options().auth_client;
  return client == nullptr ? nullptr : client->NewExchange(peer_type_, version_);
}

void AsyncConnection::OnSeenAs(const EntityAddr& me) { owner()->LearnAddr(me); }

absl::Status AsyncConnection::OnServerIdentified(const EntityAddrVec& server, int64_t num) {
  const EntityAddr dialled = peer_addr();
  bool same = server.Contains(dialled);
  for (const EntityAddr& addr : server.addrs()) {
    same = same ||
           (addr.is_blank_ip() && addr.port() == dialled.port() && addr.nonce() == dialled.nonce());
  }
  if (!same) {
    return absl::FailedPreconditionError(absl::StrCat("dialled ", dialled.ToString(),
                                                      ", which says that it is ", server.ToString(),
                                                      ": the wrong peer"));
  }
  if (num >= 0) LearnPeerNum(num);
  return absl::OkStatus();
}

void AsyncConnection::LearnPeerNum(int64_t num) {
  if (num == known_peer_num_) return;
  known_peer_num_ = num;
  set_peer_name(EntityName{peer_type_, num});
}

void AsyncConnection::OnSessionReset(bool full) {
  if (full) return ResetSession();
  // The messages stay: the peer lost count, not us.
  session_.connect_seq = 0;
  session_.server_cookie = 0;
  session_.RestartIncoming();
}

// An attached link is past these: they are the IncomingLink's.
AcceptTerms AsyncConnection::TermsFor(EntityType) { return {}; }
std::unique_ptr<AuthServerExchange> AsyncConnection::NewAuthServerExchange(EntityType) {
  return nullptr;
}
void AsyncConnection::OnAuthRefused(std::string_view) {}
bool AsyncConnection::IsMyAddr(const EntityAddr& addr) { return owner()->IsMyAddr(addr); }
void AsyncConnection::OnConnectRequest(const ConnectRequest&) {}

void AsyncConnection::OnReady() {
  const ConnectionMachine& machine = link_->machine();
  const bool accepted = phase_ == Phase::kAccepting;
  HeedDisposable();  // whatever the server said of the session
  global_seq_ = machine.global_seq();
  if (!anonymous_) owner()->RememberAttempt(peer_addr(), session_.peer_global_seq);
  set_features(machine.features());
  set_peer_identity(machine.identity());
  backoff_ = absl::ZeroDuration();
  SetPhase(Phase::kOpen, "");
  HeedInjectedFaults();
  if (!link_) return;
  ArmDeadline(IdleCheckInterval());
  DispatchQueue& queue = owner()->dispatch_queue();
  const ConnectionPtr self = shared_from_this();
  queue.EnqueueEvent(accepted ? DispatchQueue::Event::kAccept : DispatchQueue::Event::kConnect,
                     self);
  if (accepted) {
    queue.FastAccept(self);
  } else {
    queue.FastConnect(self);
  }
  ScheduleFlush();
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
