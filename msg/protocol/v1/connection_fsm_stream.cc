// An open session's stream: tags, messages, acks and keepalives (protocol sections 8 and 9).
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/crc32c.h"
#include "msg/features.h"
#include "msg/protocol/v1/connection_fsm.h"

namespace siphon::v1 {

size_t ConnectionFsm::FooterSize() const {
  return (features_ & kFeatureMsgAuth) != 0 ? kFooterSize : kOldFooterSize;
}

void ConnectionFsm::BeginToSign() {
  if (!options_.sign || secrets_.session_key.empty() || !HasFeature(features_, kFeatureMsgAuth)) {
    return;
  }
  const auto form = HasFeature(features_, kFeatureCephxV2) ? cephx::SignatureForm::kCephxV2
                                                           : cephx::SignatureForm::kBeforeCephxV2;
  signer_ = std::make_unique<cephx::MessageSigner>(secrets_.session_key, form);
}

void ConnectionFsm::OnTag(std::string_view bytes) {
  switch (static_cast<Tag>(bytes[0])) {
    case Tag::kMsg:
      return Next(State::kOpenMessageHeader, kHeaderSize);
    case Tag::kAck:
      return Next(State::kOpenTagAck, kSeqSize);
    case Tag::kKeepalive:
      host_->OnKeepalive(absl::InfinitePast());
      return Next(State::kOpen, 1);
    case Tag::kKeepalive2:
      return Next(State::kOpenKeepalive2, kStampSize);
    case Tag::kKeepalive2Ack:
      return Next(State::kOpenKeepalive2Ack, kStampSize);
    case Tag::kClose:
      Enter(State::kOpenTagClose);
      return Fault(absl::CancelledError("the peer closed the connection"));
    default:
      return Fault(absl::InvalidArgumentError(absl::StrFormat(
          "tag %u, which is none", static_cast<unsigned>(static_cast<uint8_t>(bytes[0])))));
  }
}

void ConnectionFsm::OnHeader(std::string_view bytes) {
  absl::StatusOr<MessageHeader> header = DecodeHeader(bytes, options_.crc_header);
  if (!header.ok()) return Fault(header.status());
  header_ = *header;
  std::memcpy(&header_crc_, bytes.data() + kHeaderSize - sizeof(header_crc_), sizeof(header_crc_));
  if (header_.front_len > options_.max_front || header_.middle_len > options_.max_middle ||
      header_.data_len > options_.max_data) {
    return Fault(absl::ResourceExhaustedError(absl::StrFormat(
        "message of type %u announces %u + %u + %u bytes (front, middle, data); the limits are "
        "%u, %u and %u (ms_max_message_front, _middle, _data)",
        header_.type, header_.front_len, header_.middle_len, header_.data_len, options_.max_front,
        options_.max_middle, options_.max_data)));
  }
  host_->OnMessageHeader(header_);
  Next(State::kOpenMessageThrottleMessage, 0);
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
      return Next(State::kOpenMessageThrottleBytes, 0);
    case ThrottleStage::kBytes:
      return Next(State::kOpenMessageThrottleDispatchQueue, 0);
    case ThrottleStage::kDispatchQueue:
      Enter(State::kOpenMessageThrottleDispatchQueue);
      return ReadSegments();
  }
}

void ConnectionFsm::Resume() {
  if (!blocked_) return;
  blocked_ = false;
  switch (state_) {
    case State::kOpenMessageThrottleMessage:
      return AfterThrottle(ThrottleStage::kMessages);
    case State::kOpenMessageThrottleBytes:
      return AfterThrottle(ThrottleStage::kBytes);
    case State::kOpenMessageThrottleDispatchQueue:
      return AfterThrottle(ThrottleStage::kDispatchQueue);
    default:
      return;
  }
}

// Goes to the next segment that has bytes, from where the state stands.
void ConnectionFsm::ReadSegments() {
  if (state_ == State::kOpenMessageThrottleDispatchQueue && header_.front_len != 0) {
    return Bulk(State::kOpenMessageReadFront, header_.front_len);
  }
  if (state_ <= State::kOpenMessageReadFront && header_.middle_len != 0) {
    return Bulk(State::kOpenMessageReadMiddle, header_.middle_len);
  }
  if (state_ <= State::kOpenMessageReadMiddle && header_.data_len != 0) {
    Enter(State::kOpenMessageReadDataPrepare);
    return Bulk(State::kOpenMessageReadData, header_.data_len);
  }
  Next(State::kOpenMessageReadFooterAndDispatch, FooterSize());
}

void ConnectionFsm::OnSegment() {
  BufferList& segment = state_ == State::kOpenMessageReadFront    ? front_
                        : state_ == State::kOpenMessageReadMiddle ? middle_
                                                                  : data_;
  segment.Append(std::move(bulk_));
  bulk_ = Buffer();
  in_bulk_ = false;
  ReadSegments();
}

void ConnectionFsm::OnFooter(std::string_view bytes) {
  const MessageFooter footer = DecodeFooter(bytes);
  if ((footer.flags & MessageFooter::kComplete) == 0) {
    return Fault(absl::AbortedError("the peer aborted a message"));
  }
  if (signer_ != nullptr) {
    if (absl::Status status = signer_->Verify(header_, header_crc_, footer); !status.ok()) {
      return Fault(std::move(status));
    }
  }
  absl::Status status =
      host_->OnMessage(header_, footer, std::move(front_), std::move(middle_), std::move(data_));
  front_.Clear();
  middle_.Clear();
  data_.Clear();
  if (stopped_) return;
  if (!status.ok()) return Fault(std::move(status));
  Next(State::kOpen, 1);
}

void ConnectionFsm::AppendMessage(Message& message) {
  message.Encode(features_);
  MessageHeader& header = message.mutable_header();
  header.front_len = static_cast<uint32_t>(message.payload().size());
  header.middle_len = static_cast<uint32_t>(message.middle().size());
  header.data_len = static_cast<uint32_t>(message.data().size());
  MessageFooter footer;
  footer.flags = MessageFooter::kComplete;
  if (options_.crc_header) {
    footer.front_crc = message.payload().Crc32c(0);
    footer.middle_crc = message.middle().Crc32c(0);
  }
  if (options_.crc_data) {
    footer.data_crc = message.data().Crc32c(0);
  } else {
    footer.flags |= MessageFooter::kNoCrc;
  }
  char* head = out_.Hole(1 + kHeaderSize);
  *head = static_cast<char>(Tag::kMsg);
  EncodeHeader(header, options_.crc_header, head + 1);
  if (signer_ != nullptr) {
    uint32_t header_crc;
    std::memcpy(&header_crc, head + 1 + kHeaderSize - sizeof(header_crc), sizeof(header_crc));
    footer.flags |= MessageFooter::kSigned;
    footer.sig = signer_->Sign(header, header_crc, footer);
  }
  out_.Append(message.payload());
  out_.Append(message.middle());
  out_.Append(message.data());
  EncodeFooter(footer, FooterSize() == kFooterSize, out_.Hole(FooterSize()));
}

void ConnectionFsm::AppendAck(uint64_t seq) {
  char* out = out_.Hole(1 + kSeqSize);
  *out = static_cast<char>(Tag::kAck);
  std::memcpy(out + 1, &seq, sizeof(seq));
}

void ConnectionFsm::AppendKeepalive(absl::Time now) {
  if ((features_ & kFeatureKeepalive2) == 0) {
    *out_.Hole(1) = static_cast<char>(Tag::kKeepalive);
    return;
  }
  char* out = out_.Hole(1 + kStampSize);
  *out = static_cast<char>(Tag::kKeepalive2);
  EncodeStamp(now, out + 1);
}

}  // namespace siphon::v1
