// An open session's stream: messages, acks and keepalives (msgr-v2, sections 3, 5 and 6).
#include <utility>

#include "absl/strings/str_format.h"
#include "msg/entity_name.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/message_header2.h"

namespace siphon::v2 {
namespace {

// A peer that sends keepalives and does not read what they are answered with is no use.
constexpr uint32_t kMaxUnreadAnswers = 10'000;

// Of a message's segments.
constexpr size_t kHeaderSegment = 0;
constexpr size_t kFrontSegment = 1;
constexpr size_t kMiddleSegment = 2;
constexpr size_t kDataSegment = 3;
// No compression makes more of a message's header.
constexpr uint32_t kMaxCompressedHeader = 256;

}  // namespace

void ConnectionFsm::BecomeReady() {
  ready_due_ = false;
  Next(State::kReady);
  host_->OnReady();
}

// --- In.

void ConnectionFsm::OnMessagePreamble() {
  const Preamble& preamble = disassembler_.preamble();
  header_ = MessageHeader{};
  header_.front_len = preamble.segments[kFrontSegment].length;
  header_.middle_len = preamble.segments[kMiddleSegment].length;
  header_.data_len = preamble.segments[kDataSegment].length;
  header_.src = EntityName{peer_type_, peer_num_};
  // Of a compressed one the size shows when it is whole.
  if (preamble.segments[kHeaderSegment].length != kMessageHeader2Size &&
      (!preamble.compressed || preamble.segments[kHeaderSegment].length > kMaxCompressedHeader)) {
    return Fault(absl::InvalidArgumentError(
        absl::StrFormat("a message's header is of %u bytes; it has %u",
                        preamble.segments[kHeaderSegment].length, kMessageHeader2Size)));
  }
  if (header_.front_len > options_.max_front || header_.middle_len > options_.max_middle ||
      header_.data_len > options_.max_data) {
    return Fault(absl::ResourceExhaustedError(absl::StrFormat(
        "a message announces %u + %u + %u bytes (front, middle, data); the limits are %u, %u and "
        "%u (ms_max_message_front, _middle, _data)",
        header_.front_len, header_.middle_len, header_.data_len, options_.max_front,
        options_.max_middle, options_.max_data)));
  }
  host_->OnMessageHeader(header_);
  Next(State::kThrottleMessage);
  PassThrottle(ThrottleStage::kMessages);
}

void ConnectionFsm::PassThrottle(ThrottleStage stage) {
  const uint64_t bytes =
      uint64_t{header_.front_len} + uint64_t{header_.middle_len} + uint64_t{header_.data_len};
  const uint64_t amount = stage == ThrottleStage::kMessages ? 1 : bytes;
  if (amount != 0 && !host_->TakeShare(stage, amount)) return Block();
  AfterThrottle(stage);
}

void ConnectionFsm::AfterThrottle(ThrottleStage stage) {
  switch (stage) {
    case ThrottleStage::kMessages:
      Next(State::kThrottleBytes);
      return PassThrottle(ThrottleStage::kBytes);
    case ThrottleStage::kBytes:
      Next(State::kThrottleDispatchQueue);
      return PassThrottle(ThrottleStage::kDispatchQueue);
    case ThrottleStage::kDispatchQueue:
      Next(State::kThrottleDone);
      return GoOn();
  }
}

void ConnectionFsm::Resume() {
  if (!blocked_) return;
  blocked_ = false;
  switch (state_) {
    case State::kThrottleMessage:
      return AfterThrottle(ThrottleStage::kMessages);
    case State::kThrottleBytes:
      return AfterThrottle(ThrottleStage::kBytes);
    case State::kThrottleDispatchQueue:
      return AfterThrottle(ThrottleStage::kDispatchQueue);
    default:
      return;
  }
}

void ConnectionFsm::OnMessageFrame() {
  BufferList head = disassembler_.TakeSegment(kHeaderSegment);
  if (head.size() != kMessageHeader2Size) {
    return Fault(absl::InvalidArgumentError(
        absl::StrFormat("a message's header is of %u bytes, decompressed; it has %u", head.size(),
                        kMessageHeader2Size)));
  }
  BufferList front = disassembler_.TakeSegment(kFrontSegment);
  BufferList middle = disassembler_.TakeSegment(kMiddleSegment);
  BufferList data = disassembler_.TakeSegment(kDataSegment);
  const MessageHeader2 header2 = MessageHeader2::Decode(head.Flatten());
  MessageHeader header = header2.header;
  header.front_len = static_cast<uint32_t>(front.size());
  header.middle_len = static_cast<uint32_t>(middle.size());
  header.data_len = static_cast<uint32_t>(data.size());
  header.src = header_.src;
  MessageFooter footer;
  footer.flags = header2.flags;
  Next(State::kReadMessageComplete);
  if (header2.ack_seq != 0) host_->OnAck(header2.ack_seq);
  absl::Status status =
      host_->OnMessage(header, footer, std::move(front), std::move(middle), std::move(data));
  if (stopped_) return;
  if (!status.ok()) return Fault(std::move(status));
  Next(State::kReady);
}

void ConnectionFsm::OnKeepalive2(const Keepalive2Frame& frame) {
  if (out_.empty()) unread_answers_ = 0;
  if (++unread_answers_ > kMaxUnreadAnswers) {
    return Fault(absl::ResourceExhaustedError(absl::StrFormat(
        "the peer sent %u keepalives and read none of their answers", unread_answers_)));
  }
  Send(Keepalive2AckFrame{.stamp = frame.stamp});
  host_->OnKeepalive(frame.stamp);
}

void ConnectionFsm::OnKeepalive2Ack(const Keepalive2AckFrame& frame) {
  host_->OnKeepaliveAck(frame.stamp);
}

void ConnectionFsm::OnAckFrame(const AckFrame& frame) { host_->OnAck(frame.seq); }

// --- Out.

void ConnectionFsm::AppendMessage(Message& message) {
  message.Encode(features_);
  // The ack that is owed goes with it.
  session_->TakeAck();
  MessageHeader2 header;
  header.header = message.header();
  header.ack_seq = session_->in_seq();
  header.flags = MessageFooter::kComplete | MessageFooter::kNoCrc;
  BufferList segments[4];
  header.EncodeTo(segments[kHeaderSegment].AppendHole(kMessageHeader2Size));
  segments[kFrontSegment] = message.payload();
  segments[kMiddleSegment] = message.middle();
  segments[kDataSegment] = message.data();
  AppendFrame(Tag::kMessage, segments, &out_);
}

void ConnectionFsm::AppendAck(uint64_t seq) { Send(AckFrame{.seq = seq}); }

void ConnectionFsm::AppendKeepalive(absl::Time now) { Send(Keepalive2Frame{.stamp = now}); }

}  // namespace siphon::v2
