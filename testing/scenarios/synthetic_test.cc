#include "testing/scenarios/synthetic.h"

#include <iostream>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using Mode = SyntheticOptions::Mode;

// Runs it, with the account in the test's output.
SyntheticResult RunAndTell(const SyntheticOptions& options) {
  std::cout << "seed " << options.seed << ": " << std::flush;
  const SyntheticResult result = RunSynthetic(options);
  std::cout << result.Text();
  EXPECT_THAT(result.account.violations, testing::IsEmpty());
  EXPECT_GE(result.account.answered, options.operations / 4);
  return result;
}

SyntheticOptions Options(Mode mode, uint64_t seed) {
  SyntheticOptions options;
  options.mode = mode;
  options.seed = seed;
  options.operations = 1500;
  // On a slow machine mark-downs meet more pings that are still under way.
  options.min_answered = options.operations / 4;
  options.max_payload = 1 << 20;
  return options;
}

TEST(SyntheticTest, StatefulServersAndLosslessClients) {
  SyntheticOptions options = Options(Mode::kStateful, 101);
  options.max_payload = 4 << 20;
  const SyntheticResult result = RunAndTell(options);
  EXPECT_GT(result.account.marked_down, 20u);
  EXPECT_GT(result.account.resets, 0u);
}

TEST(SyntheticTest, PeersThatDialEachOtherAndAreDroppedOnBothEnds) {
  SyntheticOptions options = Options(Mode::kPeersReuse, 102);
  options.new_percent = options.drop_percent = 20;
  options.send_percent = 50;
  EXPECT_GT(RunAndTell(options).account.marked_down, 50u);
}

TEST(SyntheticTest, StatefulServersWhileSocketsFail) {
  SyntheticOptions options = Options(Mode::kStateful, 103);
  options.socket_failures = 30;
  options.min_breaks = 300;
  options.internal_delays = absl::Milliseconds(5);
  const SyntheticResult result = RunAndTell(options);
  EXPECT_GT(result.breaks, 200u);
  EXPECT_GT(result.reconnects, 100u);
}

TEST(SyntheticTest, PeersWhileSocketsFailAndBothEndsAreDropped) {
  SyntheticOptions options = Options(Mode::kPeersReuse, 104);
  options.socket_failures = 30;
  options.min_breaks = 300;
  options.internal_delays = absl::Milliseconds(5);
  EXPECT_GT(RunAndTell(options).breaks, 200u);
}

TEST(SyntheticTest, LossyClientsWhileSocketsFailGetPrefixes) {
  SyntheticOptions options = Options(Mode::kLossy, 105);
  options.socket_failures = 100;
  options.min_breaks = 50;
  const SyntheticResult result = RunAndTell(options);
  EXPECT_GT(result.breaks, 20u);
  EXPECT_EQ(result.reconnects, 0u);
}

TEST(SyntheticTest, PeersThatAreNotDroppedLoseNothingAtAllWithDelayedDelivery) {
  SyntheticOptions options = Options(Mode::kPeers, 106);
  options.socket_failures = 30;
  options.delay_probability = 1;
  options.delay_max = absl::Milliseconds(20);
  const SyntheticResult result = RunAndTell(options);
  EXPECT_EQ(result.account.delivered, result.account.sent);
  EXPECT_EQ(result.account.answered, result.account.sent);
  EXPECT_EQ(result.account.resets, 0u);
}

}  // namespace
}  // namespace siphon
