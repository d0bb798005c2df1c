// ConnectionFsm: the msgr v1 state machine of one TCP connection (protocol sections 4, 5 and 8).
//
// Every handler asks for the bytes it wants next and ends in one of Next(), Bulk(), Block(),
// Fault() or Halt(). All else is said at ConnectionMachine.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V1_CONNECTION_FSM_H_
#define SIPHON_MSG_PROTOCOL_V1_CONNECTION_FSM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/cephx/message_signature.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/protocol/connection_machine.h"
#include "msg/protocol/machine_host.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v1/state.h"
#include "msg/protocol/v1/wire.h"

namespace siphon::v1 {

class ConnectionFsm final : public ConnectionMachine {
 public:
  ConnectionFsm(const MachineOptions& options, MachineHost* host)
      : ConnectionMachine(host), options_(options) {}

  // --- ConnectionMachine.
  ProtocolVersion version() const override { return ProtocolVersion::kV1; }
  void StartConnect(const ConnectTerms& terms, Session* session) override;
  void OnConnected() override;
  void StartAccept(const EntityAddr& my_addr, const EntityAddr& peer_socket_addr) override;
  size_t Consume(std::string_view bytes) override;
  absl::Span<char> DirectTarget() override;
  void CommitDirect(size_t n) override;
  void Refuse(const Refusal& refusal) override;
  void Open(Session* session, bool peer_reset) override;
  void Resume() override;
  void Stop() override;
  void AppendMessage(Message& message) override;
  void AppendAck(uint64_t seq) override;
  void AppendKeepalive(absl::Time now) override;
  MachineStage stage() const override;
  std::string_view StateName() const override { return v1::StateName(state_); }

  State state() const { return state_; }
  // Of an accepting machine: what the peer sent last.
  const ConnectMsg& connect() const { return connect_; }

 private:
  // How a handler ends.
  void Next(State state, size_t want);
  void Bulk(State state, size_t size);  // a segment of its own memory
  void Block() { blocked_ = true; }
  void Fault(absl::Status status);
  void Halt() { stopped_ = true; }
  void Enter(State state);

  bool Halted() const { return stopped_ || blocked_ || !fault_.ok(); }
  // Runs the state's handler on the bytes it wanted.
  void Step(std::string_view bytes);

  // connection_fsm_connect.cc
  void OnBannerAndIdentify(std::string_view bytes);
  void SendConnect();
  void OnConnectReply(std::string_view bytes);
  void OnConnectReplyAuth(std::string_view authorizer);
  void OnChallenge(std::string_view challenge);
  void OnAckSeq(std::string_view bytes);
  void ConnectReady();

  // connection_fsm_accept.cc
  void OnBannerAndAddr(std::string_view bytes);
  void OnConnectMsg(std::string_view bytes);
  void OnConnectMsgAuth(std::string_view authorizer);
  void OnPeerSeq(std::string_view bytes);
  void AcceptReady();
  // Judges the authorizer. False: the answer is given.
  bool Authenticate(std::string_view authorizer);
  void Answer(Tag tag, uint32_t seq);
  void SendReply(const ConnectReply& reply, std::string_view authorizer);

  // connection_fsm_stream.cc
  void OnTag(std::string_view bytes);
  void OnHeader(std::string_view bytes);
  void PassThrottle(ThrottleStage stage);
  void AfterThrottle(ThrottleStage stage);
  void ReadSegments();
  void OnSegment();
  void OnFooter(std::string_view bytes);
  size_t FooterSize() const;
  // Messages are signed from here on, if authentication gave a key and the peer can.
  void BeginToSign();

  const MachineOptions options_;
  Session* session_ = nullptr;
  State state_ = State::kNone;

  // What the state wants: `want_` bytes at once, or the rest of `bulk_`.
  size_t want_ = 0;
  size_t staged_ = 0;
  char stage_[288];  // the longest fixed item: banner and two addresses
  bool in_bulk_ = false;
  Buffer bulk_;
  size_t bulk_filled_ = 0;

  // Handshake.
  ConnectTerms terms_;
  AcceptTerms accept_terms_;
  ConnectMsg connect_;  // sent, or received
  ConnectReply reply_;  // received
  EntityAddr peer_socket_addr_;
  EntityAddr peer_addr_;
  std::unique_ptr<AuthClientExchange> auth_client_;
  bool auth_begun_ = false;
  uint32_t auth_method_ = 0;
  std::unique_ptr<AuthServerExchange> auth_server_;
  bool challenged_ = false;
  std::string authorizer_;        // shown, or accepted: a peer that tries again shows it again
  std::string authorizer_reply_;  // to show, or shown
  std::string secrets_reply_;     // to the authorizer that was accepted
  AuthSecrets secrets_;

  std::unique_ptr<cephx::MessageSigner> signer_;  // null: messages are not signed

  // The message being read.
  MessageHeader header_;
  uint32_t header_crc_ = 0;
  BufferList front_;
  BufferList middle_;
  BufferList data_;
};

}  // namespace siphon::v1

#endif  // SIPHON_MSG_PROTOCOL_V1_CONNECTION_FSM_H_
