// Compression: what both sides agree on between authentication and the session (Ceph 17 and later).
#include <utility>

#include "msg/protocol/v2/connection_fsm.h"

namespace siphon::v2 {
namespace {

// What a control frame, or a message's header, may become.
constexpr uint32_t kMaxFirstSegment = 32 << 10;

}  // namespace

void ConnectionFsm::set_compression(CompressionPolicy policy) {
  compression_policy_ = std::move(policy);
  if (compression_policy_.compress_to_osds) banner_.supported |= kBannerCompression;
}

void ConnectionFsm::BeginCompression() {
  if (!both_compress_) return BeginSession();
  if (!IsConnecting(state_)) return Next(State::kCompressionAccepting);
  compression_request_ = compression_policy_.Request(peer_type_, con_mode_);
  Send(compression_request_);
  Next(State::kCompressionConnecting);
}

void ConnectionFsm::OnCompressionRequest(const CompressionRequestFrame& frame) {
  const CompressionDoneFrame done = compression_policy_.Answer(frame, peer_type_, con_mode_);
  Send(done);
  EnableCompression(compression_policy_.Agreed(done));
  BeginSession();
}

void ConnectionFsm::OnCompressionDone(const CompressionDoneFrame& frame) {
  const absl::StatusOr<FrameCompression> agreed =
      compression_policy_.Agreed(compression_request_, frame);
  if (!agreed.ok()) return Fault(agreed.status());
  EnableCompression(*agreed);
  BeginSession();
}

void ConnectionFsm::EnableCompression(const FrameCompression& compression) {
  compression_ = compression.algorithm();
  if (!compression.enabled()) return;
  assembler_.EnableCompression(compression);
  disassembler_.EnableCompression(
      compression, {kMaxFirstSegment, options_.max_front, options_.max_middle, options_.max_data});
}

void ConnectionFsm::BeginSession() {
  if (IsConnecting(state_)) return StartSession();
  Next(State::kSessionAccepting);
}

}  // namespace siphon::v2
