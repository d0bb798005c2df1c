// A few thousand seeds, and that a seed always plays the same.
#include <cstdint>

#include "glog/logging.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/sim/sim_protocol.h"
#include "testing/sim/simulation.h"

namespace siphon {
namespace {

class SimTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    FLAGS_minloglevel = google::GLOG_FATAL;
    ReportSimulationOnDeath();
  }
};

TEST_F(SimTest, TheSameSeedPlaysTheSame) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const SimulationResult first = RunSimulation({.seed = seed});
    const SimulationResult second = RunSimulation({.seed = seed});
    ASSERT_EQ(first.trace_hash, second.trace_hash) << "seed " << seed;
    ASSERT_EQ(first.steps, second.steps) << "seed " << seed;
  }
}

TEST_F(SimTest, TheSameSeedPlaysTheSameWithSecureConnections) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const SimulationOptions options{.seed = seed, .protocol = SimProtocol::kV2Secure};
    ASSERT_EQ(RunSimulation(options).trace_hash, RunSimulation(options).trace_hash) << seed;
  }
}

TEST_F(SimTest, AnotherSeedPlaysDifferently) {
  EXPECT_NE(RunSimulation({.seed = 1}).trace_hash, RunSimulation({.seed = 2}).trace_hash);
}

// Seeds that found something once.
class SimRegressionTest : public SimTest, public testing::WithParamInterface<SimulationOptions> {};

TEST_P(SimRegressionTest, Holds) {
  const SimulationResult result = RunSimulation(GetParam());
  EXPECT_TRUE(result.ok()) << result.report;
}

INSTANTIATE_TEST_SUITE_P(
    Seeds, SimRegressionTest,
    testing::Values(SimulationOptions{.seed = 788}, SimulationOptions{.seed = 900},
                    SimulationOptions{.seed = 1232}, SimulationOptions{.seed = 22263},
                    SimulationOptions{.seed = 1127706}, SimulationOptions{.seed = 5115143},
                    SimulationOptions{.seed = 5002107, .protocol = SimProtocol::kV2Crc},
                    SimulationOptions{.seed = 5049469, .protocol = SimProtocol::kV2Secure}),
    [](const auto& info) {
      return std::to_string(info.param.seed) + "_" +
             std::to_string(static_cast<int>(info.param.protocol));
    });

class SimProtocolTest : public SimTest, public testing::WithParamInterface<SimProtocol> {};

TEST_P(SimProtocolTest, ThousandsOfSeedsBreakNoPromise) {
  constexpr uint64_t kSeeds = 2000;
  SimulationResult total;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const SimulationResult result = RunSimulation({.seed = seed, .protocol = GetParam()});
    ASSERT_TRUE(result.ok()) << result.report;
    total.delivered += result.delivered;
    total.resets += result.resets;
    total.broken_streams += result.broken_streams;
  }
  // The weather was not too kind for these to mean something.
  EXPECT_GT(total.delivered, 10 * kSeeds);
  EXPECT_GT(total.resets, kSeeds / 10);
  EXPECT_GT(total.broken_streams, kSeeds);
}

INSTANTIATE_TEST_SUITE_P(Protocols, SimProtocolTest,
                         testing::Values(SimProtocol::kV1, SimProtocol::kV2Crc,
                                         SimProtocol::kV2Secure),
                         [](const testing::TestParamInfo<SimProtocol>& info) {
                           return info.param == SimProtocol::kV1      ? "V1"
                                  : info.param == SimProtocol::kV2Crc ? "V2Crc"
                                                                      : "V2Secure";
                         });

}  // namespace
}  // namespace siphon
