#include "msg/async/incoming_link.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "glog/logging.h"
#include "msg/async/async_connection.h"
#include "msg/async/async_messenger.h"
#include "msg/auth/cephx/required_features.h"
#include "msg/protocol/session/accept_decision.h"
#include "msg/protocol/session/accept_decision_v2.h"

namespace siphon {

IncomingLink::IncomingLink(AsyncMessenger* messenger, uint64_t id,
                           std::unique_ptr<ConnectedSocket> socket, Worker* worker,
                           const EntityAddr& listener)
    : messenger_(messenger),
      id_(id),
      worker_(worker),
      listener_(listener),
      peer_socket_(socket->PeerAddr().HostPortNonce()) {
  // Not make_unique: that this is a Link::Owner is a private matter.
  link_.reset(
      new Link(std::move(socket), worker, messenger->NewMachine(listener.type(), this), this));
}

IncomingLink::~IncomingLink() = default;

void IncomingLink::Start() {
  deadline_ = worker()->center()->clock()->Monotonic() +
              absl::ToInt64Nanoseconds(messenger_->settings().ready_timeout());
  ArmDeadline();
  link_->StartAccept(messenger_->AsIsReached(listener_));
}

void IncomingLink::ArmDeadline() {
  const MonoNanos left = deadline_ - worker()->center()->clock()->Monotonic();
  deadline_timer_ = worker()->center()->CreateTimeEvent(
      absl::Nanoseconds(left), [self = shared_from_this()] { self->OnDeadline(); });
}

void IncomingLink::DisarmDeadline() {
  worker()->center()->DeleteTimeEvent(std::exchange(deadline_timer_, 0));
  worker()->center()->DeleteTimeEvent(std::exchange(hold_timer_, 0));
}

void IncomingLink::OnDeadline() {
  deadline_timer_ = 0;
  if (!link_) return;
  link_->Close();
  OnLinkFault(
      absl::DeadlineExceededError("the handshake took longer than ms_connection_ready_timeout"));
}

void IncomingLink::Abort() {
  aborted_.store(true, std::memory_order_release);
  AbortWhereItIs();
}

void IncomingLink::GiveWay() {
  Worker* const there = worker();
  there->center()->Submit([self = shared_from_this(), there] {
    // On its way to a session, or there already: its handshake was as good as done.
    if (self->worker() != there || self->in_motion_) return;
    self->Drop(absl::ResourceExhaustedError(
        "more than ms_max_accepting handshakes are under way, and this is the oldest"));
  });
}

void IncomingLink::AbortWhereItIs() {
  Worker* const there = worker();
  there->center()->Submit([self = shared_from_this(), there] {
    if (self->worker() != there) return self->AbortWhereItIs();  // it has moved on meanwhile
    if (self->in_motion_) return;                                // its arrival ends it
    if (self->link_) self->link_->Close();
    self->Finish();
  });
}

// Out of the table, and no link any more.
void IncomingLink::Finish() {
  if (!link_) return;
  DisarmDeadline();
  Link::Discard(std::exchange(link_, nullptr));
  worker()->ReleaseRef();
  messenger_->RemoveIncoming(shared_from_this());
}

std::unique_ptr<Link> IncomingLink::Release() {
  DisarmDeadline();
  link_->Detach();
  // The worker's reference goes with the link: the session that adopts it has its own.
  worker()->ReleaseRef();
  messenger_->RemoveIncoming(shared_from_this());
  return std::exchange(link_, nullptr);
}

void IncomingLink::OnLinkFault(const absl::Status& reason) {
  messenger_->RecordFault(peer_socket_, link_ ? link_->machine().StateName() : "ACCEPTING", reason);
  Finish();
}

AcceptTerms IncomingLink::TermsFor(EntityType peer_type) {
  const Policy policy = messenger_->GetPolicy(peer_type);
  const uint64_t with_cephx =
      link_->machine().version() == ProtocolVersion::kV1
          ? cephx::FeaturesRequiredOfClients(*messenger_->options().config, peer_type)
          : 0;
  return {.features_supported = policy.features_supported,
          .features_required = policy.features_required,
          .cephx_features_required = with_cephx,
          .protocol_version = messenger_->ProtocolVersionFor(peer_type, /*connecting=*/false),
          .lossy = policy.lossy};
}

std::unique_ptr<AuthServerExchange> IncomingLink::NewAuthServerExchange(EntityType peer_type) {
  AuthServer* server = messenger_->options().auth_server;
  return server == nullptr ? nullptr : server->NewExchange(peer_type, link_->machine().version());
}

void IncomingLink::OnAuthRefused(std::string_view reason) {
  messenger_->RecordFault(
      peer_socket_, link_->machine().StateName(),
      absl::PermissionDeniedError(absl::StrCat("authorizer refused: ", AbslView(reason))));
}

bool IncomingLink::IsMyAddr(const EntityAddr& addr) { return messenger_->IsMyAddr(addr); }

EntityAddr IncomingLink::peer_key() const { return AsyncMessenger::TableKey(request_.peer_addrs); }

void IncomingLink::OnConnectRequest(const ConnectRequest& request) {
  request_ = request;
  // Not from inside the machine: the link may move to another worker.
  worker()->center()->Post(
      [self = shared_from_this()] { self->AfterHold([self] { self->Decide(); }); });
}

void IncomingLink::AfterHold(EventCenter::Task task) {
  const absl::Duration delay = messenger_->InternalDelay();
  if (delay == absl::ZeroDuration() || !link_) return task();
  hold_timer_ = worker()->center()->CreateTimeEvent(
      delay, [self = shared_from_this(), task = std::move(task)]() mutable {
        self->hold_timer_ = 0;
        task();
      });
}

void IncomingLink::Decide() {
  if (!link_) return;
  if (messenger_->stopping()) return Finish();
  if (messenger_->injected_faults().IsPartitioned(peer_key())) {
    return OnLinkFault(absl::UnavailableError("partitioned by an injected fault"));
  }
  const Policy policy = messenger_->GetPolicy(request_.peer_type);
  if (policy.lossy && policy.server && !policy.register_lossy_clients) return BeginSession();

  const std::shared_ptr<AsyncConnection> existing = messenger_->Lookup(peer_key());
  if (existing == nullptr) {
    if (std::optional<Refusal> refusal = RefuseUnknown()) {
      if (!link_) return;
      return Refuse(*refusal);
    }
    if (!link_) return;
    return BeginSession();
  }
  if (existing->worker() == worker()) return existing->Judge(shared_from_this());

  // To the session's worker.
  DisarmDeadline();
  link_->Detach();
  worker()->ReleaseRef();
  existing->worker()->AddRef();
  in_motion_ = true;
  worker_.store(existing->worker(), std::memory_order_release);
  existing->worker()->center()->Post([self = shared_from_this(), existing] {
    self->in_motion_ = false;
    self->link_->Attach(existing->worker(), self.get());
    self->ArmDeadline();
    if (self->messenger_->stopping() || self->aborted_.load(std::memory_order_acquire)) {
      return self->Finish();
    }
    self->AfterHold([self, existing] { existing->Judge(self); });
  });
}

// What a peer gets that asks for a session which does not exist here; nothing: a new one begins.
std::optional<Refusal> IncomingLink::RefuseUnknown() {
  // Else a late attempt would begin a session that its peer takes for the one it had.
  const uint64_t last = messenger_->LastAttempt(peer_key());
  if (request_.version == ProtocolVersion::kV2) {
    AcceptRequestV2 asked;
    asked.reconnect = request_.reconnect;
    const AcceptDecisionV2 decision = DecideAcceptV2(asked, nullptr);
    if (decision.action == AcceptActionV2::kResetSession) {
      return Refusal{.kind = Refusal::Kind::kResetSession, .full_reset = decision.full_reset};
    }
    if (request_.global_seq < last) {
      Drop(absl::UnavailableError("an attempt that is older than the peer's last session"));
    }
    return std::nullopt;
  }
  if (request_.global_seq < last) {
    return Refusal{.kind = Refusal::Kind::kRetryGlobal, .seq = last};
  }
  AcceptRequest asked;
  asked.global_seq = request_.global_seq;
  asked.connect_seq = request_.connect_seq;
  if (DecideAccept(asked, nullptr).action == AcceptAction::kResetSession) {
    return Refusal{.kind = Refusal::Kind::kResetSession};
  }
  return std::nullopt;
}

void IncomingLink::BeginSession() {
  if (!link_) return;
  const Policy policy = messenger_->GetPolicy(request_.peer_type);
  const bool anonymous = policy.lossy && policy.server && !policy.register_lossy_clients;
  worker()->AddRef();
  const std::shared_ptr<AsyncConnection> connection =
      messenger_->NewConnection(worker(), policy, EntityName{request_.peer_type, request_.peer_num},
                                request_.peer_addrs, /*incoming=*/true, anonymous);
  if (messenger_->Insert(connection) != connection) {
    // Another connection of the same peer was quicker: it decides.
    connection->MarkDown();
    return Decide();
  }
  connection->Begin(Release());
}

void IncomingLink::Refuse(const Refusal& refusal) {
  if (!link_) return;
  link_->machine().Refuse(refusal);
  link_->ResumeReading();
}

void IncomingLink::Drop(const absl::Status& reason) {
  if (!link_) return;
  link_->Close();
  OnLinkFault(reason);
}

bool IncomingLink::InjectSocketFailure() { return messenger_->InjectSocketFailure(); }

void IncomingLink::OnBytesIn(size_t n) {
  messenger_->counters(worker()).bytes_in.fetch_add(n, std::memory_order_relaxed);
}

void IncomingLink::OnBytesOut(size_t n) {
  messenger_->counters(worker()).bytes_out.fetch_add(n, std::memory_order_relaxed);
}

// An incoming link neither dials nor carries messages before it is attached to a session.
uint64_t IncomingLink::NextGlobalSeq(uint64_t at_least) {
  return messenger_->NextGlobalSeq(at_least);
}
uint64_t IncomingLink::RandomCookie() { return messenger_->RandomCookie(); }
EntityName IncomingLink::MyName() { return messenger_->entity(); }
EntityAddrVec IncomingLink::MyAddrs() { return messenger_->addrs(); }
absl::Status IncomingLink::OnServerIdentified(const EntityAddrVec&, int64_t) {
  return absl::FailedPreconditionError("an accepted connection has no server");
}
absl::Status IncomingLink::OnMessage(const MessageHeader&, const MessageFooter&, BufferList,
                                     BufferList, BufferList) {
  return absl::FailedPreconditionError("a message before the session");
}

}  // namespace siphon
