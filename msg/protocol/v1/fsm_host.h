// FsmHost: what a v1 ConnectionFsm asks of, and tells, whoever runs it.
//
// Calls come from inside the machine's own methods, on the same thread. A host must not destroy the
// machine in a call; it may Stop() it.
#ifndef SIPHON_MSG_PROTOCOL_V1_FSM_HOST_H_
#define SIPHON_MSG_PROTOCOL_V1_FSM_HOST_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "msg/auth/authorizer.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message_header.h"
#include "msg/protocol/v1/state.h"
#include "msg/protocol/v1/wire.h"

namespace siphon::v1 {

// What an acceptor holds a peer of some type to.
struct AcceptTerms {
  uint64_t features_supported = 0;
  uint64_t features_required = 0;
  uint32_t protocol_version = 0;
  bool lossy = false;
};

// An incoming connection that has said who it is and passed the checks of version, features and
// authorizer.
struct ConnectRequest {
  ConnectMsg connect;
  EntityAddr peer_addr;  // as claimed; a blank IP replaced by the socket's
};

enum class ThrottleStage { kMessages, kBytes, kDispatchQueue };

class FsmHost {
 public:
  virtual ~FsmHost() = default;

  // --- Dialling.
  // A fresh number for an attempt, above `at_least`.
  virtual uint32_t NextGlobalSeq(uint32_t at_least) = 0;
  virtual absl::StatusOr<Authorizer> MakeAuthorizer() = 0;
  // The server said which address it has and from which it sees this side. Returns the address to
  // tell it, or why it is not the peer that was dialled.
  virtual absl::StatusOr<EntityAddr> OnServerIdentified(const EntityAddr& server,
                                                        const EntityAddr& me_as_seen) = 0;
  // The server does not know the session: the host resets it.
  virtual void OnSessionReset() = 0;

  // --- Accepting.
  virtual AcceptTerms TermsFor(EntityType peer_type) = 0;
  virtual AuthServer::Verdict VerifyAuthorizer(EntityType peer_type, uint32_t protocol,
                                               std::string_view authorizer) = 0;
  // Decides with ConnectionFsm::Refuse() or Open(), in the call or later; the machine waits.
  virtual void OnConnectRequest(const ConnectRequest& request) = 0;

  // --- Both.
  // The session is open; messages may be appended from here on.
  virtual void OnReady() = 0;
  // Takes `amount` for the message whose header arrived. False: not now; the machine waits until
  // Resume(), by which the host says that it has taken the share.
  virtual bool TakeShare(ThrottleStage stage, uint64_t amount) = 0;
  // A header arrived and passed its checks.
  virtual void OnMessageHeader(const MessageHeader& header) = 0;
  // A whole message. An error is the peer's and faults the connection.
  virtual absl::Status OnMessage(const MessageHeader& header, const MessageFooter& footer,
                                 BufferList front, BufferList middle, BufferList data) = 0;
  virtual void OnAck(uint64_t seq) = 0;
  virtual void OnKeepalive(absl::Time stamp) = 0;
  virtual void OnKeepaliveAck(absl::Time stamp) = 0;
  // A step of the handshake, or of the opening and closing of a session. Not the steps that each
  // message takes.
  virtual void OnTransition(State to) = 0;
};

}  // namespace siphon::v1

#endif  // SIPHON_MSG_PROTOCOL_V1_FSM_HOST_H_
