// ConnectionMachine: the state machine of one TCP connection, of either protocol version.
//
// Bytes that arrived go in through Consume(); bytes to send come out of out(); what happened is
// told to the MachineHost. There is no socket, clock or thread inside, so the same machine runs on
// a socket, in the simulator, under the fuzzer and over a captured stream.
//
// It lives as long as its TCP connection. A connecting machine has its session from the beginning;
// an accepting one gets it from Open(), after the host has decided. Nothing is allocated for a
// message before its header passed its checks and the throttles let it in, and never more than the
// limits say.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_CONNECTION_MACHINE_H_
#define SIPHON_MSG_PROTOCOL_CONNECTION_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "msg/protocol/machine_host.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/session/session.h"

namespace siphon {

// What both sides of one messenger's connections have in common.
struct MachineOptions {
  EntityType self_type = kEntityNone;
  bool crc_header = true;  // ms_crc_header (v1)
  bool crc_data = true;    // ms_crc_data (v1, v2 crc mode)
  bool sign = true;        // cephx_sign_messages (v1)
  // Longer segments fault the connection, bytes.
  uint32_t max_front = 64 << 20;   // ms_max_message_front
  uint32_t max_middle = 64 << 20;  // ms_max_message_middle
  uint32_t max_data = 256 << 20;   // ms_max_message_data
};

// What a dialling side states.
struct ConnectTerms {
  uint64_t features_supported = 0;
  uint64_t features_required = 0;
  uint64_t cephx_features_required = 0;  // v1 only: of servers that are shown cephx, these as well
  uint32_t protocol_version = 0;         // v1 only
  EntityType peer_type = kEntityNone;    // whom it expects to reach; none: anybody
  EntityAddr target{};                   // the address dialled
};

// A tag that lets the peer try again on the same connection, or makes it wait.
struct Refusal {
  enum class Kind { kRetryGlobal, kRetrySession, kResetSession, kWait };
  Kind kind = Kind::kWait;
  uint64_t seq = 0;        // of the retries
  bool full_reset = true;  // kResetSession in v2: does the peer drop its messages, too?
};

// What a session's first connection told of the peer.
struct KnownPeer {
  uint64_t features = 0;  // that both sides have
  int64_t num = -1;       // of the peer's name
};

// Where a machine stands, as far as what becomes of a fault depends on it.
enum class MachineStage {
  kDialling,    // this side dials, TCP is not established yet
  kConnecting,  // this side's handshake
  kAccepting,   // the peer's handshake
  kOpen,
  kReadingMessage,  // open, and shares of the throttles are held for a message's body
};

class ConnectionMachine {
 public:
  // `host` outlives the machine, or is replaced before it goes.
  explicit ConnectionMachine(MachineHost* host) : host_(host) {}
  virtual ~ConnectionMachine() = default;
  ConnectionMachine(const ConnectionMachine&) = delete;
  ConnectionMachine& operator=(const ConnectionMachine&) = delete;

  virtual ProtocolVersion version() const = 0;

  // A reconnection of v2 does not repeat what is known of the peer: whoever keeps the session tells
  // it, before StartConnect() or Open().
  virtual void set_known_peer(const KnownPeer&) {}

  // --- Beginnings, one of them.
  // Dials for `session`: TCP is being connected.
  virtual void StartConnect(const ConnectTerms& terms, Session* session) = 0;
  // TCP is connected: this side's first bytes go out.
  virtual void OnConnected() = 0;
  // Accepts. `my_addr` is the address that listens, `peer_socket_addr` where the peer comes from.
  virtual void StartAccept(const EntityAddr& my_addr, const EntityAddr& peer_socket_addr) = 0;

  // --- Bytes.
  // Takes bytes that arrived; returns how many were taken: all, unless the machine is blocked,
  // faulted or stopped.
  virtual size_t Consume(std::string_view bytes) = 0;
  // Where bytes of a large segment may be read to directly; empty when they go through Consume().
  virtual absl::Span<char> DirectTarget() = 0;
  // `n` bytes were read into DirectTarget().
  virtual void CommitDirect(size_t n) = 0;
  // Bytes to send, for the owner to take from the front.
  OutputBuffer& out() { return out_; }
  const OutputBuffer& out() const { return out_; }

  // --- Decisions of the host.
  // Answers a ConnectRequest; the peer may ask again.
  virtual void Refuse(const Refusal& refusal) = 0;
  // Accepts: the connection carries `session` from here on. `peer_reset`: the peer started afresh
  // (v1). In v2 a CLIENT_IDENT always begins a new session, a SESSION_RECONNECT goes on with it.
  virtual void Open(Session* session, bool peer_reset) = 0;
  // The share that TakeShare() could not take was taken. Consume() may go on.
  virtual void Resume() = 0;
  // Another host takes over (an accepted connection was given to its session).
  void set_host(MachineHost* host) { host_ = host; }
  // Ends it: nothing more is consumed or told.
  virtual void Stop() = 0;

  // --- An open session's output.
  // Frames a message whose sequence number is set, encoding it for the peer's features.
  virtual void AppendMessage(Message& message) = 0;
  virtual void AppendAck(uint64_t seq) = 0;
  virtual void AppendKeepalive(absl::Time now) = 0;

  // --- To look at.
  virtual MachineStage stage() const = 0;
  bool is_open() const {
    return stage() == MachineStage::kOpen || stage() == MachineStage::kReadingMessage;
  }
  // The state, by the protocol's own name for it; a literal.
  virtual std::string_view StateName() const = 0;
  bool blocked() const { return blocked_; }
  // Why it faulted; ok while it did not.
  const absl::Status& fault() const { return fault_; }
  bool stopped() const { return stopped_; }
  uint64_t features() const { return features_; }
  // The peer asked this side to wait (its own attempt wins).
  bool told_to_wait() const { return told_to_wait_; }
  // Of this side's attempt.
  uint64_t global_seq() const { return global_seq_; }
  // How the connection is protected; kUnknown in v1 and before it is agreed.
  ConMode con_mode() const { return con_mode_; }
  // "v1", "v2", or "v2.0" once the peers have agreed on that older revision.
  virtual std::string_view RevisionName() const {
    return version() == ProtocolVersion::kV1 ? "v1" : "v2";
  }
  // How frames are compressed ("zstd"), once agreed; empty: they are not.
  virtual std::string_view CompressionName() const { return {}; }
  // Who the peer is, of an accepting machine whose host has an AuthServer.
  const std::shared_ptr<const PeerIdentity>& identity() const { return identity_; }

 protected:
  MachineHost* host_;
  OutputBuffer out_;
  absl::Status fault_;
  bool blocked_ = false;
  bool stopped_ = false;
  bool told_to_wait_ = false;
  uint64_t features_ = 0;
  uint64_t global_seq_ = 0;
  ConMode con_mode_ = ConMode::kUnknown;
  std::shared_ptr<const PeerIdentity> identity_;
};

}  // namespace siphon

#endif  // SIPHON_MSG_PROTOCOL_CONNECTION_MACHINE_H_
