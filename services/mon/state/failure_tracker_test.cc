#include "services/mon/state/failure_tracker.h"

#include "gtest/gtest.h"

namespace siphon::mon {
namespace {

TEST(FailureTrackerTest, CountsEachReporterOnce) {
  FailureTracker tracker;
  EXPECT_EQ(tracker.Report(1, 2), 1u);
  EXPECT_EQ(tracker.Report(1, 2), 1u);
  EXPECT_EQ(tracker.Report(1, 3), 2u);
  EXPECT_EQ(tracker.Reporters(4), 0u);
}

TEST(FailureTrackerTest, TakesReportsBack) {
  FailureTracker tracker;
  tracker.Report(1, 2);
  tracker.Withdraw(1, 3);
  EXPECT_EQ(tracker.Reporters(1), 1u);
  tracker.Withdraw(1, 2);
  EXPECT_EQ(tracker.Reporters(1), 0u);
}

TEST(FailureTrackerTest, ForgetsReportsByAndAboutAnOsd) {
  FailureTracker tracker;
  tracker.Report(1, 2);
  tracker.Report(1, 3);
  tracker.Report(2, 3);
  tracker.Forget(2);
  EXPECT_EQ(tracker.Reporters(1), 1u);
  EXPECT_EQ(tracker.Reporters(2), 0u);
}

}  // namespace
}  // namespace siphon::mon
