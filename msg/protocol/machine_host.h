// MachineHost: what the state machine of a connection asks of, and tells, whoever runs it; the same
// for both protocol versions.
//
// Calls come from inside the machine's own methods, on the same thread. A host must not destroy the
// machine in a call; it may Stop() it.
#ifndef SIPHON_MSG_PROTOCOL_MACHINE_HOST_H_
#define SIPHON_MSG_PROTOCOL_MACHINE_HOST_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/entity_type.h"
#include "msg/message_header.h"

namespace siphon {

// What an acceptor holds a peer of some type to.
struct AcceptTerms {
  uint64_t features_supported = 0;
  uint64_t features_required = 0;
  uint64_t cephx_features_required = 0;  // v1 only: of who authenticates by cephx, these as well
  uint32_t protocol_version = 0;         // v1 only
  bool lossy = false;
};

// An incoming connection that has said who it is and passed the checks of version, features and
// identity.
struct ConnectRequest {
  ProtocolVersion version = ProtocolVersion::kV1;
  EntityType peer_type = kEntityNone;
  int64_t peer_num = -1;     // of the peer's name; -1 when it did not say (v1, new clients)
  EntityAddrVec peer_addrs;  // as claimed; a blank IP replaced by the socket's
  uint64_t global_seq = 0;
  uint64_t connect_seq = 0;
  // v2 only.
  bool reconnect = false;  // SESSION_RECONNECT, else CLIENT_IDENT
  uint64_t client_cookie = 0;
  uint64_t server_cookie = 0;
  std::shared_ptr<const PeerIdentity> identity;  // null when no AuthServer asked
};

enum class ThrottleStage { kMessages, kBytes, kDispatchQueue };

class MachineHost {
 public:
  virtual ~MachineHost() = default;

  // --- About this side.
  // A fresh number for an attempt, above `at_least`.
  virtual uint64_t NextGlobalSeq(uint64_t at_least) = 0;
  // A random number that is not 0, for cookies.
  virtual uint64_t RandomCookie() = 0;
  virtual EntityName MyName() = 0;
  // What to tell the peer: all addresses; of type any when not bound.
  virtual EntityAddrVec MyAddrs() = 0;

  // --- Dialling.
  // Null: nothing is shown (v1), or method none without a name is used (v2).
  virtual std::unique_ptr<AuthClientExchange> NewAuthClientExchange() = 0;
  // The peer told from which address it sees this side.
  virtual void OnSeenAs(const EntityAddr& me) = 0;
  // The server said which addresses it has. An error: it is not the peer that was dialled.
  virtual absl::Status OnServerIdentified(const EntityAddrVec& server, int64_t num) = 0;
  // The server does not know the session. `full`: the host resets all of it; else (v2) only its
  // numbers and cookies, the messages stay.
  virtual void OnSessionReset(bool full) = 0;

  // --- Accepting.
  virtual AcceptTerms TermsFor(EntityType peer_type) = 0;
  // Null: whoever comes is let in.
  virtual std::unique_ptr<AuthServerExchange> NewAuthServerExchange(EntityType peer_type) = 0;
  // The exchange ended badly; the peer gets, or has got, its answer.
  virtual void OnAuthRefused(std::string_view reason) = 0;
  // Is this one of this side's addresses (the peer says it dialled it)?
  virtual bool IsMyAddr(const EntityAddr& addr) = 0;
  // Decides with ConnectionMachine::Refuse() or Open(), in the call or later; the machine waits.
  virtual void OnConnectRequest(const ConnectRequest& request) = 0;

  // --- Both.
  // The session is open; messages may be appended from here on.
  virtual void OnReady() = 0;
  // Takes `amount` for the message whose header arrived. False: not now; the machine waits until
  // Resume(), by which the host says that it has taken the share.
  virtual bool TakeShare(ThrottleStage stage, uint64_t amount) = 0;
  // A header arrived and passed its checks.
  virtual void OnMessageHeader(const MessageHeader& header) = 0;
  // The message being read will not come (v2: its sender took it back): shares are to be returned.
  virtual void OnMessageAborted() = 0;
  // A whole message. An error is the peer's and faults the connection.
  virtual absl::Status OnMessage(const MessageHeader& header, const MessageFooter& footer,
                                 BufferList front, BufferList middle, BufferList data) = 0;
  virtual void OnAck(uint64_t seq) = 0;
  virtual void OnKeepalive(absl::Time stamp) = 0;
  virtual void OnKeepaliveAck(absl::Time stamp) = 0;
  // A step of the handshake, or of the opening and closing of a session. Not the steps that each
  // message takes. `state` is a literal.
  virtual void OnTransition(std::string_view state) = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_PROTOCOL_MACHINE_HOST_H_
