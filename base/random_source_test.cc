#include "base/random_source.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

class Scripted : public RandomSource {
 public:
  explicit Scripted(uint64_t value) : value_(value) {}
  uint64_t Next() override { return value_; }

 private:
  uint64_t value_;
};

TEST(RandomSourceTest, TheSystemsSourceDoesNotRepeat) {
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(RandomSource::Real().Next());
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(RandomSourceTest, BelowStaysBelow) {
  for (int i = 0; i < 1000; ++i) EXPECT_LT(RandomSource::Real().Below(7), 7u);
  EXPECT_EQ(RandomSource::Real().Below(0), 0u);
}

TEST(RandomSourceTest, OneInZeroNeverHappensAndOneInOneAlways) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(RandomSource::Real().OneIn(0));
    EXPECT_TRUE(RandomSource::Real().OneIn(1));
  }
}

TEST(RandomSourceTest, FractionReachesZeroButNotOne) {
  EXPECT_EQ(Scripted(0).Fraction(), 0.0);
  EXPECT_LT(Scripted(~uint64_t{0}).Fraction(), 1.0);
  EXPECT_GT(Scripted(~uint64_t{0}).Fraction(), 0.999999);
}

}  // namespace
}  // namespace siphon
