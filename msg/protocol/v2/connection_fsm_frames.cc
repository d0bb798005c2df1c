// Frames: what a state may take, which handler a frame goes to, and how one is sent.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/expected_tags.h"

namespace siphon::v2 {
namespace {

// No control frame is longer; cephx's tickets take the most.
constexpr uint32_t kMaxControlPayload = 32 << 10;
// Retries are a handful; a peer that goes on asking fills the output with answers.
constexpr uint32_t kMaxHandshakeFrames = 256;

}  // namespace

void ConnectionFsm::OnPreamble() {
  const Preamble& preamble = disassembler_.preamble();
  if (!Expects(state_, preamble.tag)) {
    return Fault(absl::InvalidArgumentError(absl::StrCat(
        "a frame ", AbslView(TagName(preamble.tag)), " (tag ", static_cast<unsigned>(preamble.tag),
        ") does not belong in state ", AbslView(StateName()))));
  }
  if (preamble.tag == Tag::kMessage) return OnMessagePreamble();
  const uint32_t length = preamble.segments[0].length;
  if (preamble.segment_count != 1 || length > kMaxControlPayload) {
    return Fault(absl::InvalidArgumentError(absl::StrFormat(
        "a frame %s of %u segments, the first of %u bytes; control frames have one, of up to %u",
        AbslView(TagName(preamble.tag)), preamble.segment_count, length, kMaxControlPayload)));
  }
  GoOn();
}

void ConnectionFsm::OnFrame() {
  const Tag tag = disassembler_.preamble().tag;
  if (tag == Tag::kMessage) return OnMessageFrame();
  if (!IsOpen(state_) && ++handshake_frames_ > kMaxHandshakeFrames) {
    return Fault(absl::ResourceExhaustedError(absl::StrCat(
        "the handshake is not over after ", kMaxHandshakeFrames, " of the peer's frames")));
  }
  BufferList payload = disassembler_.TakeSegment(0);
  OnControl(tag, payload.Flatten());
}

void ConnectionFsm::OnAborted() {
  if (state_ != State::kThrottleDone) return;
  host_->OnMessageAborted();
  Next(State::kReady);
}

template <typename Frame>
void ConnectionFsm::Handle(std::string_view payload,
                           void (ConnectionFsm::*handler)(const Frame& frame)) {
  const absl::StatusOr<Frame> frame = DecodePayload<Frame>(payload);
  if (!frame.ok()) return Fault(frame.status());
  (this->*handler)(*frame);
}

// The preamble's tag was expected in this state.
void ConnectionFsm::OnControl(Tag tag, std::string_view payload) {
  using Fsm = ConnectionFsm;
  switch (tag) {
    case Tag::kHello:
      return Handle(payload, IsConnecting(state_) ? &Fsm::OnServerHello : &Fsm::OnClientHello);
    case Tag::kAuthRequest:
      return Handle(payload, &Fsm::OnAuthRequest);
    case Tag::kAuthBadMethod:
      return Handle(payload, &Fsm::OnAuthBadMethod);
    case Tag::kAuthReplyMore:
      return Handle(payload, &Fsm::OnAuthReplyMore);
    case Tag::kAuthRequestMore:
      return Handle(payload, &Fsm::OnAuthRequestMore);
    case Tag::kAuthDone:
      return Handle(payload, &Fsm::OnAuthDone);
    case Tag::kAuthSignature:
      return Handle(payload, &Fsm::OnAuthSignature);
    case Tag::kCompressionRequest:
      return Handle(payload, &Fsm::OnCompressionRequest);
    case Tag::kCompressionDone:
      return Handle(payload, &Fsm::OnCompressionDone);
    case Tag::kClientIdent:
      return Handle(payload, &Fsm::OnClientIdent);
    case Tag::kServerIdent:
      return Handle(payload, &Fsm::OnServerIdent);
    case Tag::kIdentMissingFeatures:
      return Handle(payload, &Fsm::OnIdentMissingFeatures);
    case Tag::kSessionReconnect:
      return Handle(payload, &Fsm::OnSessionReconnect);
    case Tag::kSessionReset:
      return Handle(payload, &Fsm::OnSessionReset);
    case Tag::kSessionRetry:
      return Handle(payload, &Fsm::OnSessionRetry);
    case Tag::kSessionRetryGlobal:
      return Handle(payload, &Fsm::OnSessionRetryGlobal);
    case Tag::kSessionReconnectOk:
      return Handle(payload, &Fsm::OnReconnectOk);
    case Tag::kWait:
      return Handle(payload, &Fsm::OnWait);
    case Tag::kKeepalive2:
      return Handle(payload, &Fsm::OnKeepalive2);
    case Tag::kKeepalive2Ack:
      return Handle(payload, &Fsm::OnKeepalive2Ack);
    case Tag::kAck:
      return Handle(payload, &Fsm::OnAckFrame);
    default:
      return Fault(absl::InternalError("a frame was expected that nothing handles"));
  }
}

void ConnectionFsm::SendControl(Tag tag, const BufferList& payload) {
  if (!transcribing_) return AppendFrame(tag, {&payload, 1}, &out_);
  OutputBuffer frame;
  AppendFrame(tag, {&payload, 1}, &frame);
  const std::string bytes = frame.ToString();
  Transcribe(transcript_.AddSent(bytes));
  out_.Copy(bytes);
}

void ConnectionFsm::AppendFrame(Tag tag, absl::Span<const BufferList> segments, OutputBuffer* out) {
  if (absl::Status status = assembler_.Append(tag, segments, out); !status.ok()) {
    Fault(std::move(status));
  }
}

}  // namespace siphon::v2
