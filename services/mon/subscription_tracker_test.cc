#include "services/mon/subscription_tracker.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace siphon::mon {
namespace {

TEST(SubscriptionTrackerTest, GivesWhatIsDueOnceAnEpoch) {
  SubscriptionTracker tracker;
  tracker.Subscribe(1, "osdmap", 5, false);
  EXPECT_FALSE(tracker.TakeDue(1, "osdmap", 4));
  EXPECT_EQ(tracker.TakeDue(1, "osdmap", 6), 5u);
  EXPECT_FALSE(tracker.TakeDue(1, "osdmap", 6));
  EXPECT_EQ(tracker.TakeDue(1, "osdmap", 9), 7u);
}

TEST(SubscriptionTrackerTest, EndsAOneTimeSubscriptionWithItsDelivery) {
  SubscriptionTracker tracker;
  tracker.Subscribe(1, "osdmap", 0, true);
  EXPECT_EQ(tracker.TakeDue(1, "osdmap", 3), 0u);
  EXPECT_FALSE(tracker.TakeDue(1, "osdmap", 4));
  EXPECT_TRUE(tracker.Subscribers("osdmap").empty());
}

TEST(SubscriptionTrackerTest, ForgetsASession) {
  SubscriptionTracker tracker;
  tracker.Subscribe(1, "osdmap", 0, false);
  tracker.Subscribe(2, "osdmap", 0, false);
  tracker.Remove(1);
  EXPECT_EQ(tracker.Subscribers("osdmap"), std::vector<uint64_t>{2});
}

TEST(SubscriptionTrackerTest, BoundsTheNamesOfASession) {
  SubscriptionTracker tracker;
  for (int i = 0; i < 1000; ++i) tracker.Subscribe(1, "x" + std::to_string(i), 0, false);
  tracker.Subscribe(1, "osdmap", 0, false);
  EXPECT_TRUE(tracker.Subscribers("osdmap").empty());
  tracker.Subscribe(1, "x0", 7, false);
  EXPECT_FALSE(tracker.TakeDue(1, "x0", 6));
}

}  // namespace
}  // namespace siphon::mon
