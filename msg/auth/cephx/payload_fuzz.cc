// No bytes harm either side of cephx, whatever step they are shown at; and none gets in by them.
//
// The first byte says where the rest goes. Half of the steps seal the rest with the right key
// first, so that what is inside is reached, too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/client_exchanges.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"
#include "msg/auth/cephx/server_exchanges.h"

namespace siphon::cephx {
namespace {

using Kind = AuthServerExchange::Answer::Kind;
constexpr uint32_t kCrc = static_cast<uint32_t>(ConMode::kCrc);

void Check(const AuthServerExchange::Answer& answer) {
  if (answer.kind == Kind::kDone) std::abort();
  if (answer.kind == Kind::kBadMethod && answer.reason.empty()) std::abort();
}

std::string WithLength(const std::string& bytes) {
  return Encoded([&bytes](Encoder& e) { e.String(bytes); });
}

// Made once: a cluster, and a client that has its tickets.
struct World {
  World() : client(cluster.Client(cluster.kAdmin)) {
    const auto exchange = NewMonClientExchange(client.get(), {kCrc});
    const auto server = NewMonServerExchange(&cluster.server, ConMode::kCrc);
    login = Converse(*exchange, *server);
    if (!login.client.ok()) std::abort();
  }
  CephxCluster cluster;
  std::unique_ptr<CephxClient> client;
  Handshake login;
};

void ToMonitor(World& w, uint8_t step, std::string_view bytes) {
  const auto mon = NewMonServerExchange(&w.cluster.server, ConMode::kSecure);
  if (step == 0) return Check(mon->OnRequest(kAuthCephx, {kCrc}, bytes));
  if (step == 1) {
    mon->OnRequest(kAuthCephx, {kCrc}, w.login.shown[0]);
    return Check(mon->OnRequestMore(bytes));
  }
  if (step == 2) {
    (void)Greeting::DecodeV1(bytes);
    return;
  }
  const KeyServer::Answer answer = w.cluster.server.HandleRequest(w.cluster.kAdmin, bytes);
  if (answer.result != 0 && answer.reason.empty()) std::abort();
}

void ToOsd(World& w, uint8_t step, std::string_view bytes) {
  const auto ticket = w.client->TicketFor(kEntityOsd);
  const auto osd = NewServiceServerExchange({.keys = &w.cluster.osd_keys,
                                             .service = kEntityOsd,
                                             .clock = &w.cluster.clock,
                                             .random = &w.cluster.random},
                                            ConMode::kSecure);
  Authorizer shown{w.client->global_id(), kEntityOsd, ticket->blob, ""};
  if (step == 0) return Check(osd->OnRequest(kAuthCephx, {kCrc}, bytes));
  if (step == 1) {
    shown.sealed_proof = Seal(ticket->session_key, bytes);
  } else {
    const uint64_t id = shown.ticket.secret_id;
    shown.ticket.sealed = Seal(*w.cluster.osd_keys.FindServiceKey(kEntityOsd, id), bytes);
    shown.sealed_proof = AuthorizerProof{}.Seal(ticket->session_key);
  }
  const std::string authorizer = Encoded([&shown](Encoder& e) { shown.Encode(e); });
  // The first may be answered with a challenge: the ticket is good. The second is never right.
  Check(osd->OnRequest(kAuthCephx, {kCrc}, authorizer));
  Check(osd->OnRequestMore(authorizer));
}

void ToClient(World& w, uint8_t step, std::string_view bytes) {
  const auto to_mon = NewMonClientExchange(w.client.get(), {kCrc});
  const auto to_osd = NewServiceClientExchange(w.client.get(), kEntityOsd, {kCrc});
  const CryptoKey key = w.client->TicketFor(kEntityOsd)->session_key;
  (void)to_mon->Begin();
  (void)to_osd->Begin();
  switch (step) {
    case 0:
      (void)to_mon->OnReplyMore(bytes);
      (void)to_osd->OnReplyMore(bytes);
      return;
    case 1:
      (void)to_mon->OnReplyMore(EncodeServerChallenge(1));
      if (to_mon->OnDone(1, ConMode::kCrc, bytes).ok()) std::abort();
      if (to_osd->OnDone(1, ConMode::kCrc, bytes).ok()) std::abort();
      return;
    case 2:
      (void)to_osd->OnReplyMore(Seal(key, bytes));
      (void)to_osd->OnDone(1, ConMode::kCrc, WithLength(Seal(key, bytes)));
      return;
    case 3:
      (void)w.client->OnReply(bytes);
      return;
    default:
      (void)w.client->OnReply(Encoded([&](Encoder& e) {
        EncodeAnswerHeader(e, RequestKind::kRotatingKeys, 0);
        EncodeSealed(e, w.client->secret(), bytes);
      }));
  }
}

}  // namespace
}  // namespace siphon::cephx

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto& world = *new siphon::cephx::World();
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const uint8_t step = data[0] % 12;
  if (step < 4) {
    siphon::cephx::ToMonitor(world, step, bytes);
  } else if (step < 7) {
    siphon::cephx::ToOsd(world, step - 4, bytes);
  } else {
    siphon::cephx::ToClient(world, step - 7, bytes);
  }
  return 0;
}
