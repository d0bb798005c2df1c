#include "msg/protocol/session/fault_decision.h"

#include <algorithm>

namespace siphon {

FaultDecision DecideFault(const FaultInput& in) {
  using Stage = FaultInput::Stage;
  const absl::Duration none = absl::ZeroDuration();
  if (in.lossy && in.stage != Stage::kDialling) return {FaultAction::kClose, none, "lossy"};
  if (in.standby && !in.has_queued && in.stage != Stage::kWait) {
    return {FaultAction::kStandby, none, "nothing to send"};
  }
  if (in.server) return {FaultAction::kStandby, none, "a server waits for the peer"};
  if (in.stage == Stage::kOpen) return {FaultAction::kReconnect, none, "open session"};
  if (in.stage == Stage::kWait) return {FaultAction::kRetry, in.max_backoff, "told to wait"};
  if (in.backoff == none) return {FaultAction::kRetry, in.initial_backoff, "first failure"};
  return {FaultAction::kRetry, std::min(in.backoff * 2, in.max_backoff), "backs off"};
}

}  // namespace siphon
