#include "msg/async/incoming_link.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/async/async_connection.h"
#include "msg/async/async_messenger.h"
#include "msg/protocol/session/accept_decision.h"

namespace siphon {

IncomingLink::IncomingLink(AsyncMessenger* messenger, std::unique_ptr<ConnectedSocket> socket,
                           Worker* worker)
    : messenger_(messenger), worker_(worker), peer_socket_(socket->PeerAddr().HostPortNonce()) {
  // Not make_unique: that this is a Link::Owner is a private matter.
  link_.reset(new Link(std::move(socket), worker, messenger->FsmOptionsNow(), this));
}

IncomingLink::~IncomingLink() = default;

void IncomingLink::Start() {
  deadline_ = worker_->center()->clock()->Monotonic() +
              absl::ToInt64Nanoseconds(messenger_->settings().ready_timeout());
  ArmDeadline();
  link_->StartAccept(messenger_->MyLegacyAddr());
}

void IncomingLink::ArmDeadline() {
  const MonoNanos left = deadline_ - worker_->center()->clock()->Monotonic();
  deadline_timer_ = worker_->center()->CreateTimeEvent(
      absl::Nanoseconds(left), [self = shared_from_this()] { self->OnDeadline(); });
}

void IncomingLink::DisarmDeadline() {
  worker_->center()->DeleteTimeEvent(std::exchange(deadline_timer_, 0));
}

void IncomingLink::OnDeadline() {
  deadline_timer_ = 0;
  if (!link_) return;
  link_->Close();
  OnLinkFault(
      absl::DeadlineExceededError("the handshake took longer than ms_connection_ready_timeout"));
}

void IncomingLink::Abort() {
  // The worker changes only on the center where the link is; a link that is under way to another
  // one finds the messenger stopping when it gets there.
  worker_->center()->Submit([self = shared_from_this()] {
    if (self->link_) self->link_->Close();
    self->Finish();
  });
}

// Out of the table, and no link any more.
void IncomingLink::Finish() {
  if (!link_) return;
  DisarmDeadline();
  Link::Discard(std::exchange(link_, nullptr));
  worker_->ReleaseRef();
  messenger_->RemoveIncoming(shared_from_this());
}

std::unique_ptr<Link> IncomingLink::Release() {
  DisarmDeadline();
  link_->Detach();
  // The worker's reference goes with the link: the session that adopts it has its own.
  worker_->ReleaseRef();
  messenger_->RemoveIncoming(shared_from_this());
  return std::exchange(link_, nullptr);
}

void IncomingLink::OnLinkFault(const absl::Status& reason) {
  const v1::State state = link_ ? link_->fsm().state() : v1::State::kAccepting;
  messenger_->RecordFault(peer_socket_, v1::StateName(state), reason);
  Finish();
}

v1::AcceptTerms IncomingLink::TermsFor(EntityType peer_type) {
  const Policy policy = messenger_->GetPolicy(peer_type);
  return {.features_supported = policy.features_supported,
          .features_required = policy.features_required,
          .protocol_version = messenger_->ProtocolVersionFor(peer_type, /*connecting=*/false),
          .lossy = policy.lossy};
}

AuthServer::Verdict IncomingLink::VerifyAuthorizer(EntityType peer_type, uint32_t protocol,
                                                   std::string_view authorizer) {
  AuthServer* server = messenger_->options().auth_server;
  AuthServer::Verdict verdict;
  verdict.accepted = true;
  if (server != nullptr) verdict = server->Verify(peer_type, protocol, authorizer);
  if (!verdict.accepted) {
    messenger_->RecordFault(
        peer_socket_, v1::StateName(link_->fsm().state()),
        absl::PermissionDeniedError(absl::StrCat("authorizer refused: ", verdict.reason)));
  }
  return verdict;
}

void IncomingLink::OnConnectRequest(const v1::ConnectRequest& request) {
  request_ = request;
  // Not from inside the machine: the link may move to another worker.
  worker_->center()->Post([self = shared_from_this()] { self->Decide(); });
}

void IncomingLink::Decide() {
  if (!link_) return;
  if (messenger_->stopping()) return Finish();
  const Policy policy = messenger_->GetPolicy(request_.connect.host_type);
  if (policy.lossy && policy.server && !policy.register_lossy_clients) return BeginSession();

  const std::shared_ptr<AsyncConnection> existing = messenger_->Lookup(request_.peer_addr);
  if (existing == nullptr) {
    AcceptRequest asked;
    asked.global_seq = request_.connect.global_seq;
    asked.connect_seq = request_.connect.connect_seq;
    const AcceptDecision decision = DecideAccept(asked, nullptr);
    if (decision.action == AcceptAction::kResetSession) {
      return Refuse(v1::Tag::kResetSession, 0);
    }
    return BeginSession();
  }
  if (existing->worker() == worker_) return existing->Judge(shared_from_this());

  // To the session's worker.
  DisarmDeadline();
  link_->Detach();
  worker_->ReleaseRef();
  existing->worker()->AddRef();
  existing->worker()->center()->Post([self = shared_from_this(), existing] {
    self->worker_ = existing->worker();
    self->link_->Attach(self->worker_, self.get());
    self->ArmDeadline();
    if (self->messenger_->stopping()) return self->Finish();
    existing->Judge(self);
  });
}

void IncomingLink::BeginSession() {
  if (!link_) return;
  const Policy policy = messenger_->GetPolicy(request_.connect.host_type);
  const bool anonymous = policy.lossy && policy.server && !policy.register_lossy_clients;
  worker_->AddRef();
  const std::shared_ptr<AsyncConnection> connection =
      messenger_->NewConnection(worker_, policy, EntityName{request_.connect.host_type, -1},
                                EntityAddrVec(request_.peer_addr), /*incoming=*/true, anonymous);
  if (messenger_->Insert(connection) != connection) {
    // Another connection of the same peer was quicker: it decides.
    connection->MarkDown();
    return Decide();
  }
  connection->Begin(Release());
}

void IncomingLink::Refuse(v1::Tag tag, uint32_t seq) {
  if (!link_) return;
  link_->fsm().Refuse(tag, seq);
  link_->ResumeReading();
}

bool IncomingLink::InjectSocketFailure() {
  return messenger_->random()->OneIn(messenger_->settings().inject_socket_failures());
}

void IncomingLink::OnBytesIn(size_t n) {
  messenger_->counters(worker_).bytes_in.fetch_add(n, std::memory_order_relaxed);
}

void IncomingLink::OnBytesOut(size_t n) {
  messenger_->counters(worker_).bytes_out.fetch_add(n, std::memory_order_relaxed);
}

// An incoming link neither dials nor carries messages before it is attached to a session.
uint32_t IncomingLink::NextGlobalSeq(uint32_t at_least) {
  return messenger_->NextGlobalSeq(at_least);
}
absl::StatusOr<Authorizer> IncomingLink::MakeAuthorizer() {
  return absl::FailedPreconditionError("an accepted connection shows no authorizer");
}
absl::StatusOr<EntityAddr> IncomingLink::OnServerIdentified(const EntityAddr&, const EntityAddr&) {
  return absl::FailedPreconditionError("an accepted connection has no server");
}
absl::Status IncomingLink::OnMessage(const MessageHeader&, const MessageFooter&, BufferList,
                                     BufferList, BufferList) {
  return absl::FailedPreconditionError("a message before the session");
}

}  // namespace siphon
