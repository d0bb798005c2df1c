#include "event/wait_time.h"

#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(WaitTimeTest, RoundsUpToMilliseconds) {
  EXPECT_EQ(WaitMillis(absl::ZeroDuration()), 0);
  EXPECT_EQ(WaitMillis(absl::Nanoseconds(1)), 1);
  EXPECT_EQ(WaitMillis(absl::Milliseconds(1)), 1);
  EXPECT_EQ(WaitMillis(absl::Microseconds(1001)), 2);
  EXPECT_EQ(WaitMillis(absl::Seconds(30)), 30'000);
}

TEST(WaitTimeTest, NegativeIsForEver) {
  EXPECT_EQ(WaitMillis(absl::Nanoseconds(-1)), -1);
  EXPECT_EQ(WaitMillis(-absl::InfiniteDuration()), -1);
}

TEST(WaitTimeTest, RoundsUpToNanoseconds) {
  EXPECT_EQ(WaitTimespec(absl::ZeroDuration()).tv_nsec, 0);
  EXPECT_EQ(WaitTimespec(absl::Nanoseconds(1) / 4).tv_nsec, 1);
  const timespec limit = WaitTimespec(absl::Seconds(2) + absl::Nanoseconds(5));
  EXPECT_EQ(limit.tv_sec, 2);
  EXPECT_EQ(limit.tv_nsec, 5);
}

TEST(WaitTimeTest, ADayIsTheLongest) {
  EXPECT_EQ(WaitMillis(absl::InfiniteDuration()), 24 * 3600 * 1000);
  const timespec limit = WaitTimespec(absl::InfiniteDuration());
  EXPECT_EQ(limit.tv_sec, 24 * 3600);
  EXPECT_EQ(limit.tv_nsec, 0);
}

}  // namespace
}  // namespace siphon
