#include "testing/scenarios/dial_race.h"

#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(DialRaceTest, PeersThatDialEachOtherAtTheSameMomentGetOneSession) {
  const DialRaceResult result = RunDialRace(300);
  EXPECT_EQ(result.violation, "") << "in round " << result.rounds;
  EXPECT_EQ(result.rounds, 300u);
  EXPECT_GT(result.races, 30u) << "they do not meet";
}

}  // namespace
}  // namespace siphon
