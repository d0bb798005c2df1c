// No bytes harm either side of cephx, whatever step they are shown at; and none gets in by them.
//
// The first byte says where the rest goes. Half of the steps seal the rest with the right key
// first, so that what is inside is reached, too: every payload there is, and every part of one that
// is sealed by itself. (AUTH and AUTH_REPLY as messages are in services/rados/messages, the frames
// in msg/protocol/v2, keyrings in keyring_fuzz.)
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/client_exchanges.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"
#include "msg/auth/cephx/server_exchanges.h"
#include "msg/auth/cephx/ticket.h"
#include "msg/entity_type.h"

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

// What a monitor that knows our secret may put into an answer to a login, by `step`: into the
// holder's half of a ticket, the ticket itself, the same sealed with the key of the ticket before,
// the connection's secret, or the tickets of services.
void ToLogin(World& w, uint8_t step, std::string_view bytes) {
  const std::unique_ptr<CephxClient> owned = w.cluster.Client(w.cluster.kAdmin);
  CephxClient& client = *owned;
  ClientLogin login(&client, step % 2 == 0 ? ProtocolVersion::kV2 : ProtocolVersion::kV1);
  const CryptoKey session = w.client->TicketFor(kEntityOsd)->session_key;
  const CryptoKey old = step == 2 ? session : CryptoKey();
  if (step == 2) {
    client.SetSession(1, {{.service = kEntityAuth,
                           .session_key = session,
                           .validity = absl::Hours(1),
                           .blob = {1, "old"}}});
  }
  (void)login.Begin({kAuthCephx});
  if (!login.OnChallenge(EncodeServerChallenge(1)).ok()) std::abort();
  const auto half = [&session](Encoder& e) {
    e.U8(1);
    session.Encode(e);
    e.U32(3600);
    e.U32(0);
  };
  const std::string blob = Encoded([](Encoder& e) { TicketBlob{1, "sealed"}.Encode(e); });
  (void)login.OnSession(
      1, Encoded([&](Encoder& e) {
        EncodeAnswerHeader(e, RequestKind::kAuthenticate, 0);
        e.U8(1);
        e.U32(1);
        e.U32(kEntityAuth);
        e.U8(1);
        EncodeSealed(e, client.secret(), step == 0 ? std::string(bytes) : Encoded(half));
        e.Bool(step == 2);
        if (step == 2) {
          EncodeSealed(e, old, bytes);
        } else {
          e.String(step == 1 ? std::string(bytes) : blob);
        }
        e.String(step == 3 ? Encoded([&](Encoder& s) { EncodeSealed(s, session, bytes); }) : "");
        e.String(step == 4 ? std::string(bytes) : "");
      }));
  (void)client.TicketFor(kEntityOsd);
}

// A request for tickets or keys within a session, with a proof or a ticket for "auth" that is
// sealed as it must be.
void ToKeyServer(World& w, bool proof, std::string_view bytes) {
  const auto ticket = w.client->OldAuthTicket();
  Authorizer shown{w.client->global_id(), kEntityAuth, ticket->blob, ""};
  if (proof) {
    shown.sealed_proof = Seal(ticket->session_key, bytes);
  } else {
    const auto secret = w.cluster.server.FindServiceKey(kEntityAuth, shown.ticket.secret_id);
    if (!secret.ok()) std::abort();
    shown.ticket.sealed = Seal(*secret, bytes);
    shown.sealed_proof = AuthorizerProof{}.Seal(ticket->session_key);
  }
  (void)w.cluster.server.HandleRequest(w.cluster.kAdmin, Encoded([&shown](Encoder& e) {
                                         e.U16(static_cast<uint16_t>(RequestKind::kTickets));
                                         shown.Encode(e);
                                         e.U8(1);
                                         e.U32(kEntityOsd);
                                       }));
}

// The server's refusal: methods and modes as numbers that it may have made up.
void Refused(World& w, std::string_view bytes) {
  AuthClientExchange::BadMethod bad;
  Decoder d(bytes);
  bad.method = d.U32();
  bad.result = d.I32();
  while (d.remaining() >= 8) {
    bad.allowed_methods.push_back(d.U32());
    bad.allowed_modes.push_back(d.U32());
  }
  for (const auto& exchange : {NewMonClientExchange(w.client.get(), {kCrc}),
                               NewServiceClientExchange(w.client.get(), kEntityOsd, {kCrc})}) {
    (void)exchange->Begin();
    const auto next = exchange->OnBadMethod(bad);
    if (!next.ok() && next.status().message().empty()) std::abort();
  }
}

}  // namespace
}  // namespace siphon::cephx

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto& world = *new siphon::cephx::World();
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const uint8_t step = data[0] % 20;
  if (step < 4) {
    siphon::cephx::ToMonitor(world, step, bytes);
  } else if (step < 7) {
    siphon::cephx::ToOsd(world, step - 4, bytes);
  } else if (step < 12) {
    siphon::cephx::ToClient(world, step - 7, bytes);
  } else if (step < 17) {
    siphon::cephx::ToLogin(world, step - 12, bytes);
  } else if (step < 19) {
    siphon::cephx::ToKeyServer(world, step == 17, bytes);
  } else {
    siphon::cephx::Refused(world, bytes);
  }
  return 0;
}
