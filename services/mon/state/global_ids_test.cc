#include "services/mon/state/global_ids.h"

#include <cstdint>
#include <set>

#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

using GlobalIdsTest = MonFixture;

TEST_F(GlobalIdsTest, NeverGivesAnIdTwiceEvenAfterRestarts) {
  std::set<uint64_t> given;
  for (int life = 0; life < 3; ++life) {
    GlobalIds ids(store_.get());
    ASSERT_TRUE(ids.Load().ok());
    for (int i = 0; i < 1500; ++i) {
      const absl::StatusOr<uint64_t> id = ids.Next();
      ASSERT_TRUE(id.ok()) << id.status();
      EXPECT_TRUE(given.insert(*id).second) << *id;
    }
  }
}

TEST_F(GlobalIdsTest, KnowsWhichWereGiven) {
  GlobalIds ids(store_.get());
  ASSERT_TRUE(ids.Load().ok());
  const uint64_t id = ids.Next().value_or(0);
  EXPECT_TRUE(ids.WasGiven(id));
  EXPECT_FALSE(ids.WasGiven(id + 1));
  EXPECT_FALSE(ids.WasGiven(0));
}

}  // namespace
}  // namespace siphon::mon
