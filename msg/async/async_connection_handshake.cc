// What an AsyncConnection answers the state machine of its link during a handshake.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "msg/async/async_connection.h"
#include "msg/async/async_messenger.h"

namespace siphon {

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

}  // namespace siphon
