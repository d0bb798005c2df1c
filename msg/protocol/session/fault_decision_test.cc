#include "msg/protocol/session/fault_decision.h"

#include "gtest/gtest.h"

namespace siphon {
namespace {

using Stage = FaultInput::Stage;

FaultInput Lossless(Stage stage) {
  FaultInput in;
  in.stage = stage;
  in.initial_backoff = absl::Milliseconds(200);
  in.max_backoff = absl::Seconds(15);
  return in;
}

TEST(FaultDecisionTest, ALossySessionEndsUnlessTcpNeverCameUp) {
  FaultInput in = Lossless(Stage::kOpen);
  in.lossy = true;
  EXPECT_EQ(DecideFault(in).action, FaultAction::kClose);
  in.stage = Stage::kHandshaking;
  EXPECT_EQ(DecideFault(in).action, FaultAction::kClose);
  in.stage = Stage::kDialling;
  EXPECT_EQ(DecideFault(in).action, FaultAction::kRetry);
}

TEST(FaultDecisionTest, WithStandbyAndNothingToSendItWaits) {
  FaultInput in = Lossless(Stage::kOpen);
  in.standby = true;
  EXPECT_EQ(DecideFault(in).action, FaultAction::kStandby);
  in.has_queued = true;
  EXPECT_EQ(DecideFault(in).action, FaultAction::kReconnect);
}

TEST(FaultDecisionTest, AServerWaitsEvenWithMessages) {
  FaultInput in = Lossless(Stage::kOpen);
  in.server = true;
  in.has_queued = true;
  EXPECT_EQ(DecideFault(in).action, FaultAction::kStandby);
}

TEST(FaultDecisionTest, AnOpenSessionReconnectsAtOnce) {
  EXPECT_EQ(DecideFault(Lossless(Stage::kOpen)).action, FaultAction::kReconnect);
}

TEST(FaultDecisionTest, BacksOffTwiceAsLongEachTimeUpToTheLimit) {
  FaultInput in = Lossless(Stage::kDialling);
  absl::Duration expected = absl::Milliseconds(200);
  for (int i = 0; i < 12; ++i) {
    const FaultDecision d = DecideFault(in);
    EXPECT_EQ(d.action, FaultAction::kRetry);
    EXPECT_EQ(d.delay, expected);
    in.backoff = d.delay;
    expected = std::min(expected * 2, absl::Seconds(15));
  }
}

TEST(FaultDecisionTest, ToldToWaitItWaitsLongestAndNeverStandsBy) {
  FaultInput in = Lossless(Stage::kWait);
  in.standby = true;
  const FaultDecision d = DecideFault(in);
  EXPECT_EQ(d.action, FaultAction::kRetry);
  EXPECT_EQ(d.delay, absl::Seconds(15));
}

}  // namespace
}  // namespace siphon
