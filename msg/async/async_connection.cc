#include "msg/async/async_connection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/async/async_messenger.h"
#include "msg/async/incoming_link.h"
#include "msg/decoder.h"
#include "msg/protocol/session/accept_decision.h"
#include "msg/protocol/session/fault_decision.h"

namespace siphon {
namespace {

// How many steps of a connection's life are remembered.
constexpr size_t kMaxSteps = 16;
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
  center()->Submit([self = Self()] { self->Close(Tell::kNothing); });
}

void AsyncConnection::MarkDisposable() {
  if (closed()) return;
  center()->Submit([self = Self()] { self->session_.set_lossy(true); });
}

bool AsyncConnection::IsConnected() const { return connected_.load(std::memory_order_acquire); }

// --- Life: center.

void AsyncConnection::Connect() {
  connected_.store(true, std::memory_order_release);
  center()->Submit([self = Self()] {
    if (self->phase_ != Phase::kClosed && !self->link_) self->StartConnect();
  });
}

void AsyncConnection::StartConnect() {
  backoff_timer_ = 0;
  SetPhase(Phase::kConnecting, "");
  connected_.store(true, std::memory_order_release);
  const EntityAddr addr = peer_addr();
  absl::StatusOr<std::unique_ptr<ConnectedSocket>> socket =
      worker_->Connect(addr, owner()->SocketOptionsNow(), nullptr);
  if (!socket.ok()) return OnLinkFault(socket.status());
    // Not make_unique: that this is a Link::Owner is a private matter.
  StartLink(std::unique_ptr<Link>(
      new Link(*std::move(socket), worker_, owner()->FsmOptionsNow(), this)));
  link_->StartConnect(
      v1::ConnectTerms{.features_supported = session_.policy().features_supported,
                       .features_required = session_.policy().features_required,
                       .protocol_version = owner()->ProtocolVersionFor(peer_type_, true)},
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
  link_->fsm().Open(&session_, peer_reset);
  if (link_) link_->ResumeReading();
}

void AsyncConnection::DropLink() {
  center()->DeleteTimeEvent(std::exchange(deadline_timer_, 0));
  if (waiter_) {
    waiter_->Cancel();
    waiter_.reset();
  }
  for (ThrottleShare& share : shares_) share.Release();
  Link::Discard(std::exchange(link_, nullptr));
}

void AsyncConnection::Judge(const std::shared_ptr<IncomingLink>& incoming) {
  if (phase_ == Phase::kClosed || closed()) return incoming->Decide();
  const v1::ConnectRequest& request = incoming->request();
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
  asked.global_seq = request.connect.global_seq;
  asked.connect_seq = request.connect.connect_seq;
  asked.peer_addr_is_less = request.peer_addr < owner()->MyLegacyAddr();

  const AcceptDecision decision = DecideAccept(asked, &existing);
  VLOG(2) << owner()->name() << ": " << peer_name().ToString() << " at "
          << request.peer_addr.ToString() << " connects again: " << decision.rule;
  switch (decision.action) {
    case AcceptAction::kRetryGlobal:
      return incoming->Refuse(v1::Tag::kRetryGlobal, decision.seq);
    case AcceptAction::kRetrySession:
      return incoming->Refuse(v1::Tag::kRetrySession, decision.seq);
    case AcceptAction::kResetSession: return incoming->Refuse(v1::Tag::kResetSession, 0);
    case AcceptAction::kWait:
      // Makes sure that this side's attempt is carried through even with nothing to send.
      keepalive_due_ = true;
      return incoming->Refuse(v1::Tag::kWait, 0);
    case AcceptAction::kReplaceLossy:
      Close(Tell::kReset);
      return incoming->BeginSession();
    case AcceptAction::kAdopt:
      Record("replaced", decision.rule);
      return Adopt(incoming->Release(), decision.peer_reset, decision.reset_first);
    case AcceptAction::kNewSession: return;  // not with an existing session
  }
}

void AsyncConnection::OnLinkFault(const absl::Status& reason) {
  using Stage = FaultInput::Stage;
  if (phase_ == Phase::kClosed) return;
  const bool told_to_wait = link_ && link_->fsm().told_to_wait();
  const v1::State state = link_ ? link_->fsm().state() : v1::State::kConnecting;
  if (link_) global_seq_ = link_->fsm().global_seq();
  last_fault_ = std::string(reason.message());
  owner()->RecordFault(absl::StrCat(peer_name().ToString(), " (", peer_addr().ToString(), ")"),
                       v1::StateName(state), reason);
  DropLink();
  if (delayed_) delayed_->Flush();
  if (absl::IsNotFound(reason) && v1::IsDialling(state)) {
    owner()->dispatch_queue().EnqueueEvent(DispatchQueue::Event::kRefused, shared_from_this());
  }
  session_.Requeue();

  FaultInput input;
  input.stage = told_to_wait            ? Stage::kWait
                : v1::IsDialling(state)  ? Stage::kDialling
                : v1::IsConnecting(state) ? Stage::kHandshaking
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
    case FaultAction::kClose: return Close(Tell::kReset);
    case FaultAction::kStandby: return ToStandby();
    case FaultAction::kReconnect:
      ++session_.connect_seq;
      ++reconnects_;
      owner()->CountReconnect();
      backoff_ = absl::ZeroDuration();
      return StartConnect();
    case FaultAction::kRetry:
      backoff_ = decision.delay;
      SetPhase(input.stage == Stage::kWait ? Phase::kWait : Phase::kBackoff, decision.rule);
      backoff_timer_ =
          center()->CreateTimeEvent(decision.delay, [self = Self()] { self->StartConnect(); });
      return;
  }
}

void AsyncConnection::ToStandby() {
  SetPhase(Phase::kStandby, "");
  connected_.store(false, std::memory_order_release);
  backoff_ = absl::ZeroDuration();
}

void AsyncConnection::WakeFromStandby() {
  if (phase_ != Phase::kStandby || session_.policy().server) return;
  ++reconnects_;
  owner()->CountReconnect();
  StartConnect();
}

void AsyncConnection::ResetSession() {
  if (delayed_) delayed_->Discard();
  owner()->dispatch_queue().Discard(id());
  const uint64_t first = HasFeature(features(), kFeatureMsgAuth)
                             ? owner()->random()->Below(kMaxFirstSeq + 1)
                             : 0;
  session_.Reset(first);
  Record("session reset", "");
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
  if (tell == Tell::kReset) {
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

// --- Out: center.

void AsyncConnection::DrainInbox() {
  std::vector<MessagePtr> messages;
  {
    MutexLock lock(inbox_mutex_);
    messages.swap(inbox_);
  }
  if (phase_ == Phase::kClosed) return;
  for (MessagePtr& message : messages) session_.Enqueue(std::move(message));
  WakeFromStandby();
  ScheduleFlush();
}

void AsyncConnection::EnqueueOut(MessagePtr message) {
  if (phase_ == Phase::kClosed) return;
  session_.Enqueue(std::move(message));
  WakeFromStandby();
  ScheduleFlush();
}

void AsyncConnection::ScheduleFlush() {
  if (link_ && phase_ != Phase::kClosed) center()->AtEndOfRound(this);
}

void AsyncConnection::OnEndOfRound() {
  if (link_) link_->Flush();
}

void AsyncConnection::OnWritable() {
  v1::ConnectionFsm& fsm = link_->fsm();
  if (std::exchange(keepalive_due_, false)) fsm.AppendKeepalive(center()->clock()->Now());
  uint64_t count = 0;
  while (fsm.out().size() < Link::kGatherBytes) {
    MessagePtr message = session_.TakeNext();
    if (!message) break;
    fsm.AppendMessage(*message);
    session_.Sent(std::move(message));
    ++count;
  }
  if (count != 0) {
    messages_out_ += count;
    owner()->counters(worker_).messages_out.fetch_add(count, std::memory_order_relaxed);
    worker_->counters().send_messages.fetch_add(count, std::memory_order_relaxed);
  }
  if (session_.HasQueued()) return;
  if (const std::optional<uint64_t> ack = session_.TakeAck()) fsm.AppendAck(*ack);
}

void AsyncConnection::OnBytesOut(size_t n) {
  bytes_out_ += n;
  last_active_ = center()->clock()->Monotonic();
  owner()->counters(worker_).bytes_out.fetch_add(n, std::memory_order_relaxed);
  worker_->counters().send_bytes.fetch_add(n, std::memory_order_relaxed);
}

// --- In: center.

bool AsyncConnection::InjectSocketFailure() {
  return owner()->random()->OneIn(owner()->settings().inject_socket_failures());
}

void AsyncConnection::OnBytesIn(size_t n) {
  bytes_in_ += n;
  last_active_ = center()->clock()->Monotonic();
  owner()->counters(worker_).bytes_in.fetch_add(n, std::memory_order_relaxed);
  worker_->counters().recv_bytes.fetch_add(n, std::memory_order_relaxed);
}

bool AsyncConnection::TakeShare(v1::ThrottleStage stage, uint64_t amount) {
  const std::shared_ptr<Throttle>& throttle =
      stage == v1::ThrottleStage::kMessages ? session_.policy().throttler_messages
      : stage == v1::ThrottleStage::kBytes  ? session_.policy().throttler_bytes
                                            : owner()->dispatch_queue().throttle();
  if (throttle == nullptr) return true;
  if (!throttle->TryTake(amount)) {
    auto waiter =
        std::make_shared<ShareWaiter>(Self(), center(), throttle, stage, amount);
    waiter_ = waiter;
    if (!ShareWaiter::Wait(waiter)) return false;
    waiter_.reset();
  }
  shares_[static_cast<size_t>(stage)] = ThrottleShare(throttle, amount);
  return true;
}

void AsyncConnection::OnShareGranted(v1::ThrottleStage stage, ThrottleShare share) {
  if (!link_ || !link_->fsm().blocked()) return;
  shares_[static_cast<size_t>(stage)] = std::move(share);
  last_active_ = center()->clock()->Monotonic();  // it was this side that stood still
  link_->fsm().Resume();
  link_->ResumeReading();
}

void AsyncConnection::OnMessageHeader(const MessageHeader& header) {
  header_stamp_ = last_active_;
}

absl::Status AsyncConnection::OnMessage(const MessageHeader& header, const MessageFooter& footer,
                                        BufferList front, BufferList middle, BufferList data) {
  const DecodeOptions options{.verify_front_crc = owner()->settings().crc_header(),
                              .verify_data_crc = owner()->settings().crc_data()};
  absl::StatusOr<MessagePtr> decoded =
      DecodeMessage(*owner()->options().registry, options, header, footer, std::move(front),
                    std::move(middle), std::move(data));
  if (!decoded.ok()) return decoded.status();
  MessagePtr message = *std::move(decoded);
  message->HoldShares(std::move(shares_[0]), std::move(shares_[1]));
  message->HoldDispatchShare(std::move(shares_[2]));
  switch (session_.OnMessage(header.seq)) {
    case Session::Verdict::kDuplicate:
      VLOG(2) << owner()->name() << ": " << peer_name().ToString() << " sent message "
              << header.seq << " again; dropped";
      return absl::OkStatus();
    case Session::Verdict::kGap:
      LOG_EVERY_N(WARNING, 100) << owner()->name() << ": " << peer_name().ToString()
                                << " skipped to message " << header.seq;
      break;
    case Session::Verdict::kNext: break;
  }
  if (header.src.num != known_peer_num_) {
    known_peer_num_ = header.src.num;
    set_peer_name(EntityName{peer_type_, header.src.num});
  }
  ++messages_in_;
  owner()->counters(worker_).messages_in.fetch_add(1, std::memory_order_relaxed);
  worker_->counters().recv_messages.fetch_add(1, std::memory_order_relaxed);
  message->set_connection(shared_from_this());
  message->stamps().received = header_stamp_;
  message->stamps().complete = last_active_;
  Deliver(std::move(message));
  // The ack goes with whatever the dispatcher sends back in this round.
  if (session_.OwesAck()) ScheduleFlush();
  return absl::OkStatus();
}

void AsyncConnection::Deliver(MessagePtr message) {
  owner()->dispatch_queue().FastPreprocess(*message);
  const bool inject = owner()->settings().InjectsDelays(peer_type_);
  // What is held back already keeps its place before what comes now.
  if (!inject && (delayed_ == nullptr || delayed_->empty())) {
    return DispatchNow(std::move(message));
  }
  if (delayed_ == nullptr) {
    delayed_ = std::make_unique<DelayedDelivery>(
        center(), [this](MessagePtr m) { DispatchNow(std::move(m)); });
  }
  delayed_->Queue(std::move(message), inject ? owner()->settings().RandomDelay(owner()->random())
                                             : absl::ZeroDuration());
}

void AsyncConnection::DispatchNow(MessagePtr message) {
  DispatchQueue& queue = owner()->dispatch_queue();
  if (queue.CanFastDispatch(*message)) {
    message->ReleaseDispatchShare();
    queue.FastDispatch(std::move(message));
  } else {
    queue.Enqueue(std::move(message), id());
  }
}

void AsyncConnection::OnAck(uint64_t seq) { session_.OnAck(seq); }

void AsyncConnection::OnKeepalive(absl::Time) { set_last_keepalive(center()->clock()->Now()); }

void AsyncConnection::OnKeepaliveAck(absl::Time stamp) { set_last_keepalive_ack(stamp); }

// --- Handshake: center.

uint32_t AsyncConnection::NextGlobalSeq(uint32_t at_least) {
  return owner()->NextGlobalSeq(at_least);
}

absl::StatusOr<Authorizer> AsyncConnection::MakeAuthorizer() {
  if (owner()->options().auth_client == nullptr) return Authorizer{};
  return owner()->options().auth_client->MakeAuthorizer(peer_type_);
}

absl::StatusOr<EntityAddr> AsyncConnection::OnServerIdentified(const EntityAddr& server,
                                                               const EntityAddr& me_as_seen) {
  const EntityAddr dialled = peer_addr();
  const bool blank_but_same = server.is_blank_ip() && server.port() == dialled.port() &&
                              server.nonce() == dialled.nonce();
  if (server != dialled && !blank_but_same) {
    return absl::FailedPreconditionError(absl::StrCat("dialled ", dialled.ToString(),
                                                      ", which says that it is ",
                                                      server.ToString(), ": the wrong peer"));
  }
  owner()->LearnAddr(me_as_seen);
  return owner()->MyLegacyAddr();
}

void AsyncConnection::OnSessionReset() { ResetSession(); }

// An attached link is past these: they are the IncomingLink's.
v1::AcceptTerms AsyncConnection::TermsFor(EntityType) { return {}; }
AuthServer::Verdict AsyncConnection::VerifyAuthorizer(EntityType, uint32_t, std::string_view) {
  return {};
}
void AsyncConnection::OnConnectRequest(const v1::ConnectRequest&) {}

void AsyncConnection::OnReady() {
  const v1::ConnectionFsm& fsm = link_->fsm();
  const bool accepted = phase_ == Phase::kAccepting;
  global_seq_ = fsm.global_seq();
  set_features(fsm.features());
  backoff_ = absl::ZeroDuration();
  SetPhase(Phase::kOpen, "");
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
  if (after <= absl::ZeroDuration()) return;
  deadline_timer_ = center()->CreateTimeEvent(after, [self = Self()] { self->OnDeadline(); });
}

void AsyncConnection::OnDeadline() {
  deadline_timer_ = 0;
  if (!link_) return;
  const MessengerSettings& settings = owner()->settings();
  const absl::Duration idle = absl::Nanoseconds(center()->clock()->Monotonic() - last_active_);
  const char* reason = nullptr;
  if (phase_ != Phase::kOpen) {
    reason = "the handshake took longer than ms_connection_ready_timeout";
  } else if (idle >= settings.idle_timeout()) {
    reason = "idle for ms_connection_idle_timeout";
  } else if (v1::IsReadingMessage(link_->fsm().state()) && idle >= settings.ready_timeout()) {
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

// --- To look at: center.

void AsyncConnection::Record(std::string_view state, std::string_view reason) {
  if (steps_.size() == kMaxSteps) steps_.pop_front();
  steps_.push_back({state, std::string(reason), center()->clock()->Monotonic()});
}

void AsyncConnection::OnTransition(v1::State to) { Record(v1::StateName(to), ""); }

void AsyncConnection::SetPhase(Phase phase, std::string_view reason) {
  phase_ = phase;
  switch (phase) {
    case Phase::kStandby: return Record(v1::StateName(v1::State::kStandby), reason);
    case Phase::kWait: return Record(v1::StateName(v1::State::kWait), reason);
    case Phase::kClosed: return Record(v1::StateName(v1::State::kClosed), reason);
    case Phase::kBackoff: return Record(v1::StateName(v1::State::kConnecting), reason);
    case Phase::kConnecting:
    case Phase::kAccepting:
    case Phase::kOpen: return;  // the link's machine tells
  }
}

std::string_view AsyncConnection::StateText() const {
  switch (phase_) {
    case Phase::kStandby: return v1::StateName(v1::State::kStandby);
    case Phase::kWait: return v1::StateName(v1::State::kWait);
    case Phase::kClosed: return v1::StateName(v1::State::kClosed);
    default: break;
  }
  return v1::StateName(link_ ? link_->fsm().state() : v1::State::kConnecting);
}

ConnectionInfo AsyncConnection::Info() {
  const MonoNanos now = center()->clock()->Monotonic();
  ConnectionInfo info;
  info.id = id();
  info.peer_name = peer_name();
  info.peer_addrs = peer_addrs();
  if (link_) info.socket_addr = link_->socket().PeerAddr().HostPortNonce();
  info.protocol = "v1";
  info.state = std::string(StateText());
  info.policy = std::string(session_.policy().name);
  info.incoming = incoming_;
  info.anonymous = anonymous_;
  info.worker = worker_->index();
  info.features = features();
  info.out_seq = session_.out_seq();
  info.acked_seq = session_.acked_seq();
  info.in_seq = session_.in_seq();
  info.connect_seq = session_.connect_seq;
  info.global_seq = link_ ? link_->fsm().global_seq() : global_seq_;
  info.peer_global_seq = session_.peer_global_seq;
  info.out_queue_messages = session_.queued_messages();
  info.out_queue_bytes = session_.queued_bytes() + (link_ ? link_->fsm().out().size() : 0);
  info.unacked_messages = session_.unacked_messages();
  info.messages_in = messages_in_;
  info.messages_out = messages_out_;
  info.bytes_in = bytes_in_;
  info.bytes_out = bytes_out_;
  info.reconnects = reconnects_;
  info.throttled = waiter_ != nullptr;
  info.last_active = absl::Nanoseconds(now - last_active_);
  const absl::Time acked = last_keepalive_ack();
  if (acked != absl::InfinitePast()) info.last_keepalive_ack = center()->clock()->Now() - acked;
  info.last_fault = last_fault_;
  for (const Step& step : steps_) {
    info.recent.push_back({std::string(step.state), step.reason, absl::Nanoseconds(now - step.at)});
  }
  return info;
}

}  // namespace siphon
