#include "services/osd/local_address.h"

#include "gtest/gtest.h"
#include "services/osd/local_hostname.h"

namespace siphon::osd {
namespace {

TEST(LocalAddressTest, TheWayToThisMachineLeadsFromIt) {
  const auto addr = LocalAddressTowards(EntityAddr::Parse("v1:127.0.0.1:6789/0").value());
  ASSERT_TRUE(addr.ok()) << addr.status();
  EXPECT_EQ(addr->ToString(), "v1:127.0.0.1:0/0");
}

TEST(LocalAddressTest, SaysWhenThereIsNoWay) {
  EXPECT_EQ(LocalAddressTowards(EntityAddr()).status().code(), absl::StatusCode::kUnavailable);
}

TEST(ShortHostnameTest, FitsACrushBucket) {
  EXPECT_EQ(ShortHostname("node-7.example.org"), "node-7");
  EXPECT_EQ(ShortHostname("a b\"c"), "a-b-c");
  EXPECT_EQ(ShortHostname(".org"), "localhost");
}

}  // namespace
}  // namespace siphon::osd
