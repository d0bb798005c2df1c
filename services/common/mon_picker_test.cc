#include "services/common/mon_picker.h"

#include <set>
#include <string>

#include "base/random_source.h"
#include "gtest/gtest.h"
#include "services/common/mon_host.h"

namespace siphon {
namespace {

class MonPickerTest : public ::testing::Test {
 protected:
  static std::vector<EntityAddrVec> Monitors(std::string_view text) {
    return ParseMonHost(text).value();
  }
  static constexpr MonPicker::Protocols kV1{.v1 = true, .v2 = false};
  MonPicker picker_{&RandomSource::Real()};
};

TEST_F(MonPickerTest, TriesEachMonitorOnceInARoundAndNoneTwiceInARow) {
  ASSERT_TRUE(picker_.SetMonitors(Monitors("1.1.1.1:1 2.2.2.2:2 3.3.3.3:3"), kV1));
  std::string last;
  for (int round = 0; round < 50; ++round) {
    EXPECT_TRUE(picker_.round_complete());
    std::set<std::string> seen;
    for (int i = 0; i < 3; ++i) {
      const std::string addr = picker_.Next().ToString();
      EXPECT_NE(addr, last);
      last = addr;
      seen.insert(addr);
    }
    EXPECT_EQ(seen.size(), 3u);
  }
}

TEST_F(MonPickerTest, LeavesMonitorsOutThatSpeakNoneOfItsProtocols) {
  ASSERT_TRUE(
      picker_.SetMonitors(Monitors("v2:1.1.1.1:3300 [v2:2.2.2.2:3300,v1:2.2.2.2:6789]"), kV1));
  EXPECT_EQ(picker_.ToString(), "v1:2.2.2.2:6789/0");
}

TEST_F(MonPickerTest, KeepsItsMonitorsWhenNoneOfTheNewOnesCanBeUsed) {
  ASSERT_TRUE(picker_.SetMonitors(Monitors("1.1.1.1:6789"), kV1));
  EXPECT_FALSE(picker_.SetMonitors(Monitors("v2:1.1.1.1:3300"), kV1));
  EXPECT_EQ(picker_.Next().ToString(), "v1:1.1.1.1:6789/0");
}

TEST_F(MonPickerTest, TriesEveryMonitorByV2BeforeAnyByV1) {
  ASSERT_TRUE(picker_.SetMonitors(
      Monitors("[v2:1.1.1.1:3300,v1:1.1.1.1:6789] [v2:2.2.2.2:3300,v1:2.2.2.2:6789]"),
      {.v1 = true, .v2 = true}));
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(picker_.Next().type(), i < 2 ? EntityAddr::kMsgr2 : EntityAddr::kLegacy);
    }
  }
  ASSERT_TRUE(picker_.SetMonitors(Monitors("[v2:1.1.1.1:3300,v1:1.1.1.1:6789]"),
                                  {.v1 = false, .v2 = true}));
  EXPECT_EQ(picker_.ToString(), "v2:1.1.1.1:3300/0");
}

}  // namespace
}  // namespace siphon
