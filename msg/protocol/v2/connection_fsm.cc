#include "msg/protocol/v2/connection_fsm.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon::v2 {
ConnectionFsm::ConnectionFsm(const MachineOptions& options, MachineHost* host)
    : ConnectionMachine(host), options_(options) {}

ConnectionFsm::~ConnectionFsm() { ForgetSecrets(); }

void ConnectionFsm::Next(State state) {
  // The steps of each message are too many to tell.
  const bool told = state != state_ && (!IsOpen(state) || !IsOpen(state_));
  state_ = state;
  if (told && !stopped_) host_->OnTransition(v2::StateName(state));
}

void ConnectionFsm::Fault(absl::Status status) {
  if (fault_.ok()) fault_ = std::move(status);
}

void ConnectionFsm::Stop() {
  Halt();
  out_.Clear();
}

MachineStage ConnectionFsm::stage() const {
  if (IsDialling(state_)) return MachineStage::kDialling;
  if (IsConnecting(state_) || state_ == State::kWait) return MachineStage::kConnecting;
  if (IsReadingMessage(state_)) return MachineStage::kReadingMessage;
  return IsOpen(state_) ? MachineStage::kOpen : MachineStage::kAccepting;
}

// --- Bytes.

size_t ConnectionFsm::Consume(std::string_view bytes) {
  size_t pos = 0;
  while (!Halted()) {
    if (ready_due_) {
      BecomeReady();
      continue;
    }
    const std::string_view rest = bytes.substr(pos);
    const bool banner = state_ == State::kBannerConnecting || state_ == State::kBannerAccepting;
    pos += banner ? ConsumeBanner(rest) : ConsumeFrames(rest);
    if (pos == bytes.size() && !ready_due_) break;
  }
  return pos;
}

size_t ConnectionFsm::ConsumeBanner(std::string_view bytes) {
  size_t pos = 0;
  while (pos < bytes.size() && fault_.ok()) {
    const size_t want = kBannerHeadSize + banner_payload_;
    const std::string_view piece = bytes.substr(pos, want - staged_.size());
    staged_ += piece;
    pos += piece.size();
    if (staged_.size() < want) break;
    if (banner_payload_ == 0) {
      const absl::StatusOr<size_t> size = Banner::PayloadSize(staged_);
      if (!size.ok()) {
        Fault(size.status());
        break;
      }
      banner_payload_ = *size;
      continue;
    }
    OnBanner();
    break;
  }
  return pos;
}

void ConnectionFsm::OnBanner() {
  const std::string bytes = std::exchange(staged_, {});
  Transcribe(transcript_.AddReceived(bytes));
  const Banner peer = Banner::DecodePayload(std::string_view(bytes).substr(kBannerHeadSize));
  if (absl::Status status = CheckBanners(banner_, peer); !status.ok()) {
    return Fault(std::move(status));
  }
  revision1_ = (banner_.supported & peer.supported & kBannerRevision1) != 0;
  assembler_.set_revision1(revision1_);
  disassembler_.set_revision1(revision1_);
  Next(state_ == State::kBannerConnecting ? State::kHelloConnecting : State::kHelloAccepting);
  Send(HelloFrame{.entity_type = options_.self_type, .peer_addr = peer_socket_addr_});
}

void ConnectionFsm::SendBanner() {
  const std::string bytes = banner_.Encode();
  Transcribe(transcript_.AddSent(bytes));
  out_.Copy(bytes);
}

void ConnectionFsm::Transcribe(absl::Status status) {
  if (!status.ok()) Fault(std::move(status));
}

size_t ConnectionFsm::ConsumeFrames(std::string_view bytes) {
  if (IsDialling(state_)) {
    Fault(absl::FailedPreconditionError("bytes arrived before the connection did"));
    return 0;
  }
  std::string_view rest = bytes;
  absl::StatusOr<FrameDisassembler::Event> event = disassembler_.Consume(&rest);
  const size_t taken = bytes.size() - rest.size();
  if (transcribing_) Transcribe(transcript_.AddReceived(bytes.substr(0, taken)));
  if (!event.ok()) {
    Fault(event.status());
    return taken;
  }
  switch (*event) {
    case FrameDisassembler::Event::kNeedMore:
      break;
    case FrameDisassembler::Event::kPreamble:
      OnPreamble();
      break;
    case FrameDisassembler::Event::kFrame:
      OnFrame();
      break;
    case FrameDisassembler::Event::kAborted:
      OnAborted();
      break;
  }
  return taken;
}

absl::Span<char> ConnectionFsm::DirectTarget() {
  // Large segments are messages' alone; the handshake is transcribed on its way through Consume().
  if (Halted() || state_ != State::kThrottleDone) return {};
  return disassembler_.DirectTarget();
}

void ConnectionFsm::CommitDirect(size_t n) {
  disassembler_.CommitDirect(n);
  Consume({});
}

}  // namespace siphon::v2
