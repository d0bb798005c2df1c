// ConnectionFsm: the msgr v1 state machine of one TCP connection.
//
// Bytes that arrived go in through Consume(); bytes to send come out of out(); what happened is
// told to the FsmHost. There is no socket, clock or thread inside, so the same machine runs on a
// socket, in the simulator, under the fuzzer and over a captured stream.
//
// It lives as long as its TCP connection. A connecting machine has its session from the beginning;
// an accepting one gets it from Open(), after the host has decided (protocol sections 4, 5 and 8).
//
// Every handler asks for the bytes it wants next and ends in one of Next(), Bulk(), Block(),
// Fault() or Halt(). Nothing is allocated for a message before its header passed its checks and the
// throttles let it in, and never more than the limits say.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V1_CONNECTION_FSM_H_
#define SIPHON_MSG_PROTOCOL_V1_CONNECTION_FSM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "msg/auth/authorizer.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v1/fsm_host.h"
#include "msg/protocol/v1/state.h"
#include "msg/protocol/v1/wire.h"

namespace siphon::v1 {

// What both sides of one messenger's connections have in common.
struct FsmOptions {
  EntityType self_type = kEntityNone;
  bool crc_header = true;  // ms_crc_header
  bool crc_data = true;    // ms_crc_data
  // Longer segments fault the connection, bytes.
  uint32_t max_front = 64 << 20;   // ms_max_message_front
  uint32_t max_middle = 64 << 20;  // ms_max_message_middle
  uint32_t max_data = 256 << 20;   // ms_max_message_data
};

// What a dialling side states.
struct ConnectTerms {
  uint64_t features_supported = 0;
  uint64_t features_required = 0;
  uint32_t protocol_version = 0;
};

class ConnectionFsm {
 public:
  // `host` outlives the machine, or is replaced before it goes.
  ConnectionFsm(const FsmOptions& options, FsmHost* host) : options_(options), host_(host) {}
  ConnectionFsm(const ConnectionFsm&) = delete;
  ConnectionFsm& operator=(const ConnectionFsm&) = delete;

  // --- Beginnings, one of them.
  // Dials for `session`: TCP is being connected.
  void StartConnect(const ConnectTerms& terms, Session* session);
  // TCP is connected: the banner goes out.
  void OnConnected();
  // Accepts: banner and addresses go out. `peer_socket_addr` is where the peer comes from.
  void StartAccept(const EntityAddr& my_addr, const EntityAddr& peer_socket_addr);

  // --- Bytes.
  // Takes bytes that arrived; returns how many were taken: all, unless the machine is blocked,
  // faulted or stopped.
  size_t Consume(std::string_view bytes);
  // Where bytes of a large segment may be read to directly; empty when they go through Consume().
  absl::Span<char> DirectTarget();
  // `n` bytes were read into DirectTarget().
  void CommitDirect(size_t n);
  // Bytes to send, for the owner to take from the front.
  OutputBuffer& out() { return out_; }

  // --- Decisions of the host.
  // Answers ConnectRequest with a tag that lets the peer try again on this connection.
  void Refuse(Tag tag, uint32_t seq);
  // Accepts: the connection carries `session` from here on. `peer_reset`: the peer started afresh.
  void Open(Session* session, bool peer_reset);
  // The share that TakeShare() could not take was taken. Consume() may go on.
  void Resume();
  // Another host takes over (an accepted connection was given to its session).
  void set_host(FsmHost* host) { host_ = host; }
  // Ends it: nothing more is consumed or told.
  void Stop();

  // --- An open session's output.
  // Frames a message whose sequence number is set, encoding it for the peer's features.
  void AppendMessage(Message& message);
  void AppendAck(uint64_t seq);
  void AppendKeepalive(absl::Time now);

  // --- To look at.
  State state() const { return state_; }
  bool is_open() const { return IsOpen(state_); }
  bool blocked() const { return blocked_; }
  // Why it faulted; ok while it did not.
  const absl::Status& fault() const { return fault_; }
  bool stopped() const { return stopped_; }
  uint64_t features() const { return features_; }
  // Of an accepting machine, once known.
  EntityType peer_type() const { return connect_.host_type; }
  const EntityAddr& peer_addr() const { return peer_addr_; }
  // The peer asked this side to wait (its own attempt wins).
  bool told_to_wait() const { return told_to_wait_; }
  uint32_t global_seq() const { return global_seq_; }

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
  void OnAckSeq(std::string_view bytes);
  void ConnectReady();

  // connection_fsm_accept.cc
  void OnBannerAndAddr(std::string_view bytes);
  void OnConnectMsg(std::string_view bytes);
  void OnConnectMsgAuth(std::string_view authorizer);
  void OnPeerSeq(std::string_view bytes);
  void AcceptReady();
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

  const FsmOptions options_;
  FsmHost* host_;
  Session* session_ = nullptr;
  State state_ = State::kNone;
  absl::Status fault_;
  bool blocked_ = false;
  bool stopped_ = false;
  OutputBuffer out_;

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
  std::string authorizer_reply_;
  uint64_t features_ = 0;
  uint32_t global_seq_ = 0;
  bool told_to_wait_ = false;

  // The message being read.
  MessageHeader header_;
  BufferList front_;
  BufferList middle_;
  BufferList data_;
};

}  // namespace siphon::v1

#endif  // SIPHON_MSG_PROTOCOL_V1_CONNECTION_FSM_H_
