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
  std::string_view rest = bytes;
  while (!Halted()) {
    if (ready_due_) {
      BecomeReady();
    } else if (state_ == State::kBannerConnecting || state_ == State::kBannerAccepting) {
      if (!ConsumeBanner(&rest)) break;
    } else {
      if (!ConsumeFrames(&rest)) break;
    }
  }
  return bytes.size() - rest.size();
}

bool ConnectionFsm::ConsumeBanner(std::string_view* bytes) {
  const size_t want = kBannerHeadSize + banner_payload_;
  const std::string_view piece = bytes->substr(0, want - staged_.size());
  staged_ += piece;
  bytes->remove_prefix(piece.size());
  if (staged_.size() < want) return false;
  if (banner_payload_ != 0) {
    OnBanner();
    return true;
  }
  const absl::StatusOr<size_t> size = Banner::PayloadSize(staged_);
  if (!size.ok()) {
    Fault(size.status());
    return false;
  }
  banner_payload_ = *size;
  return true;
}

void ConnectionFsm::OnBanner() {
  const std::string bytes = std::exchange(staged_, {});
  Transcribe(transcript_.AddReceived(bytes));
  const Banner peer = Banner::DecodePayload(std::string_view(bytes).substr(kBannerHeadSize));
  if (absl::Status status = CheckBanners(banner_, peer); !status.ok()) {
    return Fault(std::move(status));
  }
  revision1_ = (banner_.supported & peer.supported & kBannerRevision1) != 0;
  revision0_ = !revision1_;
  both_compress_ = (banner_.supported & peer.supported & kBannerCompression) != 0;
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

bool ConnectionFsm::ConsumeFrames(std::string_view* bytes) {
  if (IsDialling(state_)) {
    Fault(absl::FailedPreconditionError("bytes arrived before the connection did"));
    return false;
  }
  const std::string_view before = *bytes;
  absl::StatusOr<FrameDisassembler::Event> event = disassembler_.Consume(bytes);
  if (transcribing_) {
    Transcribe(transcript_.AddReceived(before.substr(0, before.size() - bytes->size())));
  }
  if (!event.ok()) {
    Fault(event.status());
    return false;
  }
  switch (*event) {
    case FrameDisassembler::Event::kNeedMore:
      return false;
    case FrameDisassembler::Event::kPreamble:
      OnPreamble();
      return true;
    case FrameDisassembler::Event::kFrame:
      OnFrame();
      return true;
    case FrameDisassembler::Event::kAborted:
      OnAborted();
      return true;
  }
  return false;
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
