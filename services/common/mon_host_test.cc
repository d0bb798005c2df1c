#include "services/common/mon_host.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Parsed(std::string_view text) {
  const absl::StatusOr<std::vector<EntityAddrVec>> monitors = ParseMonHost(text);
  std::vector<std::string> out;
  if (!monitors.ok()) return {std::string(monitors.status().message())};
  for (const EntityAddrVec& m : *monitors) out.push_back(m.ToString());
  return out;
}

TEST(MonHostTest, AnAddressWithoutATypeIsV1UnlessItsPortIsThatOfV2) {
  EXPECT_THAT(Parsed("1.2.3.4:6789"), ElementsAre("v1:1.2.3.4:6789/0"));
  EXPECT_THAT(Parsed("1.2.3.4:16789"), ElementsAre("v1:1.2.3.4:16789/0"));
  EXPECT_THAT(Parsed("1.2.3.4:3300"), ElementsAre("v2:1.2.3.4:3300/0"));
}

TEST(MonHostTest, AnAddressWithoutAPortHasTheUsualOnes) {
  EXPECT_THAT(Parsed("1.2.3.4"), ElementsAre("[v2:1.2.3.4:3300/0,v1:1.2.3.4:6789/0]"));
  EXPECT_THAT(Parsed("v1:1.2.3.4"), ElementsAre("v1:1.2.3.4:6789/0"));
}

TEST(MonHostTest, MonitorsStandBetweenCommasSpacesOrSemicolons) {
  EXPECT_THAT(Parsed("1.1.1.1:6789,2.2.2.2:6789 3.3.3.3:6789; 4.4.4.4:6789"),
              ElementsAre("v1:1.1.1.1:6789/0", "v1:2.2.2.2:6789/0", "v1:3.3.3.3:6789/0",
                          "v1:4.4.4.4:6789/0"));
}

TEST(MonHostTest, BracketsHoldTheAddressesOfOneMonitor) {
  EXPECT_THAT(Parsed("[v2:1.1.1.1:3300,v1:1.1.1.1:6789],[v2:2.2.2.2:3300/0,v1:2.2.2.2:6789/0]"),
              ElementsAre("[v2:1.1.1.1:3300/0,v1:1.1.1.1:6789/0]",
                          "[v2:2.2.2.2:3300/0,v1:2.2.2.2:6789/0]"));
  EXPECT_THAT(Parsed("[v1:127.0.0.1:18789]"), ElementsAre("v1:127.0.0.1:18789/0"));
}

TEST(MonHostTest, ReadsIpv6InAndOutOfAGroup) {
  EXPECT_THAT(Parsed("[::1]:6789 [v2:[fe80::2]:3300,v1:[fe80::2]:6789]"),
              ElementsAre("v1:[::1]:6789/0", "[v2:[fe80::2]:3300/0,v1:[fe80::2]:6789/0]"));
}

TEST(MonHostTest, LooksNamesUp) {
  EXPECT_THAT(Parsed("localhost:6790"), ElementsAre("v1:127.0.0.1:6790/0"));
}

TEST(MonHostTest, NamesTheEntryAtFaultAndTheWayOut) {
  EXPECT_THAT(Parsed("1.2.3.4:99999"), ElementsAre(HasSubstr("\"1.2.3.4:99999\"")));
  EXPECT_THAT(Parsed("[v1:1.2.3.4:6789,v1:]"), ElementsAre(HasSubstr("HOST:PORT")));
  EXPECT_THAT(Parsed("0.0.0.0:6789"), ElementsAre(HasSubstr("no address")));
  EXPECT_THAT(Parsed(" , "), ElementsAre(HasSubstr("--mon-host")));
}

}  // namespace
}  // namespace siphon
