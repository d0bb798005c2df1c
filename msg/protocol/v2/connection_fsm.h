// ConnectionFsm: the msgr v2 state machine of one TCP connection, of either side (msgr-v2, sections
// 1, 4 and 5), over frames of revision 2.0 or 2.1.
//
// A tag is judged by the state before anything of its frame is read: what does not belong there
// faults. Every handler ends in one of Next(), Block(), Fault() or Halt(). All else is said at
// ConnectionMachine.
//
// Of a message the host hears twice: OnMessageHeader() when the frame's preamble arrived, with the
// lengths and the source alone (the rest of the header travels behind the throttles), and
// OnMessage() with all of it. The checksums of the footer are 0: the frames have their own, which
// were verified.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V2_CONNECTION_FSM_H_
#define SIPHON_MSG_PROTOCOL_V2_CONNECTION_FSM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/buffer_list.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/protocol/connection_machine.h"
#include "msg/protocol/machine_host.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v2/banner.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/compression_frames.h"
#include "msg/protocol/v2/compression_policy.h"
#include "msg/protocol/v2/control_frames.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_compression.h"
#include "msg/protocol/v2/frame_disassembler.h"
#include "msg/protocol/v2/frame_tag.h"
#include "msg/protocol/v2/handshake_transcript.h"
#include "msg/protocol/v2/state.h"

namespace siphon::v2 {

class ConnectionFsm final : public ConnectionMachine {
 public:
  ConnectionFsm(const MachineOptions& options, MachineHost* host);
  ~ConnectionFsm() override;

  // What this side announces, before a start; without kBannerRevision1 it speaks 2.0.
  void set_banner(const Banner& banner) { banner_ = banner; }
  // Whom to compress with, before a start. Only who wants to with anybody announces it.
  void set_compression(CompressionPolicy policy);

  // --- ConnectionMachine.
  // Unless it is told, the peer is taken to have all features of this side.
  void set_known_peer(const KnownPeer& peer) override { known_peer_ = peer; }
  ProtocolVersion version() const override { return ProtocolVersion::kV2; }
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
  std::string_view StateName() const override { return v2::StateName(state_); }

  State state() const { return state_; }
  // Frames of msgr 2.1; else 2.0.
  bool is_revision1() const { return revision1_; }
  // What both sides agreed on.
  CompressionAlgorithm compression() const { return compression_; }
  std::string_view RevisionName() const override { return revision0_ ? "v2.0" : "v2"; }
  std::string_view CompressionName() const override {
    const bool none = compression_ == CompressionAlgorithm::kNone;
    return none ? std::string_view() : CompressionAlgorithmName(compression_);
  }

 private:
  // How a handler ends.
  void Next(State state);
  void Block() { blocked_ = true; }
  void Fault(absl::Status status);
  void Halt() { stopped_ = true; }

  bool Halted() const { return stopped_ || blocked_ || !fault_.ok(); }

  // connection_fsm.cc
  // Each takes what it can off the front of `bytes`; false when it needs more.
  bool ConsumeBanner(std::string_view* bytes);
  bool ConsumeFrames(std::string_view* bytes);
  void OnBanner();
  void SendBanner();
  void Transcribe(absl::Status status);

  // connection_fsm_frames.cc
  // A preamble passed its checks; may the rest of the frame come?
  void OnPreamble();
  void GoOn() {}
  void OnFrame();
  void OnAborted();
  void OnControl(Tag tag, std::string_view payload);
  template <typename Frame>
  void Handle(std::string_view payload, void (ConnectionFsm::*handler)(const Frame& frame));
  template <typename Frame>
  void Send(const Frame& frame) {
    SendControl(Frame::kTag, EncodePayload(frame));
  }
  void SendControl(Tag tag, const BufferList& payload);
  void AppendFrame(Tag tag, absl::Span<const BufferList> segments, OutputBuffer* out);

  // connection_fsm_auth.cc
  void BeginAuth();
  void SendAuthRequest(const absl::StatusOr<AuthClientExchange::Request>& request);
  void OnAuthBadMethod(const AuthBadMethodFrame& frame);
  void OnAuthReplyMore(const AuthReplyMoreFrame& frame);
  void OnAuthDone(const AuthDoneFrame& frame);
  void OnAuthRequest(const AuthRequestFrame& frame);
  void OnAuthRequestMore(const AuthRequestMoreFrame& frame);
  void AnswerAuth(AuthServerExchange::Answer answer, uint32_t method);
  void OnAuthSignature(const AuthSignatureFrame& frame);
  // Both know each other: signs what was received, and goes over to the mode that was agreed.
  void SecureAndSign(ConMode mode, State next);
  absl::Status EnableSecure();
  void ForgetSecrets();

  // connection_fsm_compression.cc
  // Authentication is over.
  void BeginCompression();
  void OnCompressionRequest(const CompressionRequestFrame& frame);
  void OnCompressionDone(const CompressionDoneFrame& frame);
  void EnableCompression(const FrameCompression& compression);
  void BeginSession();

  // connection_fsm_connect.cc
  void OnServerHello(const HelloFrame& frame);
  void StartSession();
  void SendClientIdent();
  void SendReconnect();
  void OnServerIdent(const ServerIdentFrame& frame);
  void OnIdentMissingFeatures(const IdentMissingFeaturesFrame& frame);
  void OnReconnectOk(const SessionReconnectOkFrame& frame);
  void OnSessionReset(const SessionResetFrame& frame);
  void OnSessionRetry(const SessionRetryFrame& frame);
  void OnSessionRetryGlobal(const SessionRetryGlobalFrame& frame);
  void OnWait(const WaitFrame& frame);

  // connection_fsm_accept.cc
  void OnClientHello(const HelloFrame& frame);
  void OnClientIdent(const ClientIdentFrame& frame);
  void OnSessionReconnect(const SessionReconnectFrame& frame);
  void AskHost(ConnectRequest request, EntityAddrVec addrs);

  // connection_fsm_stream.cc
  void BecomeReady();
  void OnMessagePreamble();
  void PassThrottle(ThrottleStage stage);
  void AfterThrottle(ThrottleStage stage);
  void OnMessageFrame();
  void OnKeepalive2(const Keepalive2Frame& frame);
  void OnKeepalive2Ack(const Keepalive2AckFrame& frame);
  void OnAckFrame(const AckFrame& frame);

  const MachineOptions options_;
  Session* session_ = nullptr;
  State state_ = State::kNone;
  KnownPeer known_peer_;

  // The banner.
  Banner banner_{.supported = kBannerRevision1, .required = 0};
  bool revision1_ = false;
  bool revision0_ = false;  // agreed on, since one side lacks the other
  std::string staged_;      // of the peer's banner
  size_t banner_payload_ = 0;

  // Frames.
  FrameAssembler assembler_;
  FrameDisassembler disassembler_;
  CompressionPolicy compression_policy_;
  bool both_compress_ = false;  // by their banners
  CompressionRequestFrame compression_request_;
  CompressionAlgorithm compression_ = CompressionAlgorithm::kNone;

  // The handshake.
  ConnectTerms terms_;
  AcceptTerms accept_terms_;
  EntityAddr peer_socket_addr_;
  EntityType peer_type_ = kEntityNone;
  int64_t peer_num_ = -1;
  std::unique_ptr<AuthClientExchange> auth_client_;
  std::unique_ptr<AuthServerExchange> auth_server_;
  std::vector<uint32_t> offered_modes_;
  AuthSecrets secrets_;
  HandshakeTranscript transcript_;
  bool transcribing_ = true;
  ConnectRequest request_;         // the peer's last
  uint64_t request_features_ = 0;  // CLIENT_IDENT's, that both sides have
  uint64_t request_msg_seq_ = 0;   // SESSION_RECONNECT's
  uint32_t handshake_frames_ = 0;  // of the peer
  bool ready_due_ = false;         // the next Consume() opens the session

  // The message being read, as far as its preamble tells.
  MessageHeader header_;
  // Keepalives answered since everything that was written had left.
  uint32_t unread_answers_ = 0;
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_CONNECTION_FSM_H_
