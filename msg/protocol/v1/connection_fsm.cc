#include "msg/protocol/v1/connection_fsm.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace siphon::v1 {

void ConnectionFsm::Enter(State state) {
  // The steps of each message are too many to tell.
  const bool told = !IsOpen(state) || !IsOpen(state_);
  state_ = state;
  if (told) host_->OnTransition(v1::StateName(state));
}

void ConnectionFsm::Next(State state, size_t want) {
  Enter(state);
  want_ = want;
  in_bulk_ = false;
}

void ConnectionFsm::Bulk(State state, size_t size) {
  Enter(state);
  bulk_ = Buffer::Allocate(size);
  bulk_filled_ = 0;
  in_bulk_ = true;
}

void ConnectionFsm::Fault(absl::Status status) {
  if (fault_.ok()) fault_ = std::move(status);
}

void ConnectionFsm::Stop() {
  stopped_ = true;
  out_.Clear();
  bulk_ = Buffer();
  front_.Clear();
  middle_.Clear();
  data_.Clear();
}

size_t ConnectionFsm::Consume(std::string_view bytes) {
  size_t pos = 0;
  while (!Halted()) {
    const size_t available = bytes.size() - pos;
    if (in_bulk_) {
      const size_t n = std::min(bulk_.size() - bulk_filled_, available);
      if (n != 0) std::memcpy(bulk_.mutable_data() + bulk_filled_, bytes.data() + pos, n);
      bulk_filled_ += n;
      pos += n;
      if (bulk_filled_ < bulk_.size()) break;
      Step({});
    } else if (staged_ == 0 && available >= want_) {
      const std::string_view item = bytes.substr(pos, want_);
      pos += want_;
      Step(item);
    } else {
      const size_t n = std::min(want_ - staged_, available);
      if (n != 0) std::memcpy(stage_ + staged_, bytes.data() + pos, n);
      staged_ += n;
      pos += n;
      if (staged_ < want_) break;
      const std::string_view item(stage_, staged_);
      staged_ = 0;
      Step(item);
    }
  }
  return pos;
}

MachineStage ConnectionFsm::stage() const {
  if (IsDialling(state_)) return MachineStage::kDialling;
  if (IsConnecting(state_)) return MachineStage::kConnecting;
  if (IsReadingMessage(state_)) return MachineStage::kReadingMessage;
  return IsOpen(state_) ? MachineStage::kOpen : MachineStage::kAccepting;
}

absl::Span<char> ConnectionFsm::DirectTarget() {
  if (Halted() || !in_bulk_) return {};
  return absl::MakeSpan(bulk_.mutable_data() + bulk_filled_, bulk_.size() - bulk_filled_);
}

void ConnectionFsm::CommitDirect(size_t n) {
  bulk_filled_ += n;
  if (bulk_filled_ == bulk_.size()) Consume({});
}

void ConnectionFsm::Step(std::string_view bytes) {
  switch (state_) {
    case State::kConnectingWaitBannerAndIdentify:
      return OnBannerAndIdentify(bytes);
    case State::kConnectingSendConnectMsg:
      return SendConnect();
    case State::kConnectingWaitConnectReply:
      return OnConnectReply(bytes);
    case State::kConnectingWaitConnectReplyAuth:
      return OnConnectReplyAuth(bulk_.view());
    case State::kConnectingWaitAckSeq:
      return OnAckSeq(bytes);
    case State::kConnectingReady:
      return ConnectReady();

    case State::kAcceptingWaitBannerAddr:
      return OnBannerAndAddr(bytes);
    case State::kAcceptingWaitConnectMsg:
      return OnConnectMsg(bytes);
    case State::kAcceptingWaitConnectMsgAuth:
      return OnConnectMsgAuth(bulk_.view());
    case State::kAcceptingWaitSeq:
      return OnPeerSeq(bytes);
    case State::kAcceptingReady:
      return AcceptReady();

    case State::kOpen:
      return OnTag(bytes);
    case State::kOpenKeepalive2: {
      *out_.Hole(1) = static_cast<char>(Tag::kKeepalive2Ack);
      out_.Copy(bytes);
      host_->OnKeepalive(DecodeStamp(bytes));
      return Next(State::kOpen, 1);
    }
    case State::kOpenKeepalive2Ack:
      host_->OnKeepaliveAck(DecodeStamp(bytes));
      return Next(State::kOpen, 1);
    case State::kOpenTagAck: {
      uint64_t seq;
      std::memcpy(&seq, bytes.data(), sizeof(seq));
      host_->OnAck(seq);
      return Next(State::kOpen, 1);
    }
    case State::kOpenMessageHeader:
      return OnHeader(bytes);
    case State::kOpenMessageThrottleMessage:
      return PassThrottle(ThrottleStage::kMessages);
    case State::kOpenMessageThrottleBytes:
      return PassThrottle(ThrottleStage::kBytes);
    case State::kOpenMessageThrottleDispatchQueue:
      return PassThrottle(ThrottleStage::kDispatchQueue);
    case State::kOpenMessageReadFront:
    case State::kOpenMessageReadMiddle:
    case State::kOpenMessageReadData:
      return OnSegment();
    case State::kOpenMessageReadDataPrepare:
      return ReadSegments();
    case State::kOpenMessageReadFooterAndDispatch:
      return OnFooter(bytes);

    case State::kConnecting:
    case State::kConnectingRe:
      return Fault(absl::FailedPreconditionError("bytes arrived before the connection did"));
    case State::kNone:
    case State::kOpenTagClose:
    case State::kWaitSend:
    case State::kAccepting:
    case State::kStandby:
    case State::kClosed:
    case State::kWait:
      // No connection rests in these.
      return Halt();
  }
}

}  // namespace siphon::v1
