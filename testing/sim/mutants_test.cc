// The simulator finds each broken rule: otherwise its silence would mean nothing.
#include <cstdint>
#include <iostream>
#include <string>

#include "base/mutation.h"
#include "glog/logging.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/sim/sim_protocol.h"
#include "testing/sim/simulation.h"

namespace siphon {
namespace {

struct Case {
  const char* name;
  Mutant mutant;
  uint64_t seeds;  // within which it is found
  SimProtocol protocol = SimProtocol::kV1;
};

class MutantsTest : public testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() { FLAGS_minloglevel = google::GLOG_FATAL; }
  ~MutantsTest() override { active_mutant = Mutant::kNone; }
};

TEST_P(MutantsTest, IsFound) {
  active_mutant = GetParam().mutant;
  for (uint64_t seed = 1; seed <= GetParam().seeds; ++seed) {
    const SimulationResult result = RunSimulation({.seed = seed, .protocol = GetParam().protocol});
    if (result.ok()) continue;
    RecordProperty("seed", std::to_string(seed));
    std::cout << "found with seed " << seed << ": " << result.violation << "\n";
    return;
  }
  FAIL() << GetParam().seeds << " seeds do not notice it";
}

constexpr SimProtocol kV2 = SimProtocol::kV2Crc;

INSTANTIATE_TEST_SUITE_P(
    V2, MutantsTest,
    testing::Values(
        Case{"CookieNotChecked", Mutant::kCookieNotChecked, 2000, kV2},
        Case{"ReconnectTrustsTheWrongInSeq", Mutant::kReconnectTrustsTheWrongInSeq, 200, kV2},
        Case{"NonceReused", Mutant::kNonceReused, 50, SimProtocol::kV2Secure},
        Case{"SeqTellsOneTooMany", Mutant::kSeqTellsOneTooMany, 200, kV2},
        Case{"RaceGoesToTheWrongSide", Mutant::kRaceGoesToTheWrongSide, 200, kV2},
        Case{"StaleAttemptIsAccepted", Mutant::kStaleAttemptIsAccepted, 2000, kV2},
        Case{"ServerResetsNobody", Mutant::kServerResetsNobody, 500, kV2},
        Case{"AckTrimsOneTooMany", Mutant::kAckTrimsOneTooMany, 200, kV2},
        Case{"ReplaySkipsTheFirst", Mutant::kReplaySkipsTheFirst, 200, kV2},
        Case{"InSeqDiesWithTheConnection", Mutant::kInSeqDiesWithTheConnection, 200, kV2}),
    [](const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    V1, MutantsTest,
    testing::Values(Case{"AckTrimsOneTooMany", Mutant::kAckTrimsOneTooMany, 200},
                    Case{"ReplaySkipsTheFirst", Mutant::kReplaySkipsTheFirst, 200},
                    Case{"ReplayForgetsOutSeq", Mutant::kReplayForgetsOutSeq, 200},
                    Case{"ReplayReversesTheOrder", Mutant::kReplayReversesTheOrder, 200},
                    Case{"ResetKeepsInSeq", Mutant::kResetKeepsInSeq, 1000},
                    Case{"NewSessionCountsFromOne", Mutant::kNewSessionCountsFromOne, 2000},
                    Case{"InSeqDiesWithTheConnection", Mutant::kInSeqDiesWithTheConnection, 200},
                    Case{"SeqTellsOneTooMany", Mutant::kSeqTellsOneTooMany, 200},
                    Case{"RaceGoesToTheWrongSide", Mutant::kRaceGoesToTheWrongSide, 200},
                    Case{"StaleAttemptIsAccepted", Mutant::kStaleAttemptIsAccepted, 1000},
                    Case{"RetrySessionWithTheSameNumber", Mutant::kRetrySessionWithTheSameNumber,
                         200},
                    Case{"ConnectSeqIsNotRaised", Mutant::kConnectSeqIsNotRaised, 200},
                    Case{"ServerResetsNobody", Mutant::kServerResetsNobody, 500},
                    Case{"ThrottleShareIsNotReturned", Mutant::kThrottleShareIsNotReturned, 200},
                    Case{"ResetIsNotTold", Mutant::kResetIsNotTold, 200},
                    Case{"RemoteResetIsNotTold", Mutant::kRemoteResetIsNotTold, 200},
                    Case{"StandbyIsNotLeft", Mutant::kStandbyIsNotLeft, 200},
                    Case{"SendOvertakesTheInbox", Mutant::kSendOvertakesTheInbox, 1000},
                    Case{"DeadlineIsNotArmed", Mutant::kDeadlineIsNotArmed, 500}),
    [](const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace siphon
