#include "services/common/mon_subscriptions.h"

#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(MonSubscriptionsTest, AsksForEachWishOnceInASession) {
  MonSubscriptions subscriptions;
  EXPECT_TRUE(subscriptions.Want("osdmap", 0, false));
  EXPECT_EQ(subscriptions.Take().size(), 1u);
  EXPECT_TRUE(subscriptions.Take().empty());
  EXPECT_FALSE(subscriptions.Want("osdmap", 0, false));
}

TEST(MonSubscriptionsTest, AsksANewMonitorForWhatFollowsTheLastEpochThatCame) {
  MonSubscriptions subscriptions;
  subscriptions.Want("osdmap", 0, false);
  subscriptions.Take();
  subscriptions.Got("osdmap", 17);
  subscriptions.Restart();
  const MonSubscriptions::Items items = subscriptions.Take();
  ASSERT_TRUE(items.contains("osdmap"));
  EXPECT_EQ(items.at("osdmap").start, 18u);
  EXPECT_FALSE(items.at("osdmap").one_time);
}

TEST(MonSubscriptionsTest, ASingleWishEndsWithItsEpochButNotWithAnOlderOne) {
  MonSubscriptions subscriptions;
  subscriptions.Want("osdmap", 5, true);
  subscriptions.Got("osdmap", 4);
  subscriptions.Restart();
  EXPECT_EQ(subscriptions.Take().size(), 1u);
  subscriptions.Got("osdmap", 6);
  subscriptions.Restart();
  EXPECT_TRUE(subscriptions.Take().empty());
}

TEST(MonSubscriptionsTest, AWishThatGoesOnSurvivesASingleOne) {
  MonSubscriptions subscriptions;
  subscriptions.Want("osdmap", 3, false);
  subscriptions.Take();
  EXPECT_FALSE(subscriptions.Want("osdmap", 3, true));
  EXPECT_TRUE(subscriptions.Want("osdmap", 9, true));
  const MonSubscriptions::Items items = subscriptions.Take();
  EXPECT_EQ(items.at("osdmap").start, 9u);
  EXPECT_FALSE(items.at("osdmap").one_time);
}

TEST(MonSubscriptionsTest, AnEpochThatCameBeforeTheWishWasAskedForIsNotAskedForAgain) {
  MonSubscriptions subscriptions;
  subscriptions.Want("monmap", 0, false);
  subscriptions.Got("monmap", 2);
  EXPECT_EQ(subscriptions.Take().at("monmap").start, 3u);
}

}  // namespace
}  // namespace siphon
