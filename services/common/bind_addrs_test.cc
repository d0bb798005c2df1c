#include "services/common/bind_addrs.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class BindAddrsTest : public testing::Test {
 protected:
  void Allow(bool v1, bool v2) {
    ASSERT_TRUE(config_.Set("ms_bind_msgr1", v1 ? "true" : "false", Config::Source::kFile).ok());
    ASSERT_TRUE(config_.Set("ms_bind_msgr2", v2 ? "true" : "false", Config::Source::kFile).ok());
  }
  std::string Bind(const char* given) {
    const auto addrs = BindAddrs(config_, *EntityAddrVec::Parse(given));
    return addrs.ok() ? addrs->ToString() : std::string(addrs.status().message());
  }
  Config config_;
};

TEST_F(BindAddrsTest, AnAddressWithoutATypeIsOneOfEachProtocol) {
  Allow(true, true);
  EXPECT_EQ(Bind("127.0.0.1"), "[v2:127.0.0.1:0/0,v1:127.0.0.1:0/0]");
  EXPECT_EQ(Bind("127.0.0.1:6800/5"), "[v2:127.0.0.1:6800/0,v1:127.0.0.1:0/0]");
  Allow(true, false);
  EXPECT_EQ(Bind("127.0.0.1:6800"), "v1:127.0.0.1:6800/0");
  Allow(false, true);
  EXPECT_EQ(Bind("127.0.0.1:6800"), "v2:127.0.0.1:6800/0");
}

TEST_F(BindAddrsTest, TypedAddressesAreKeptWhereTheirProtocolIsAllowed) {
  const char* const both = "[v2:127.0.0.1:3300,v1:127.0.0.1:6789]";
  Allow(true, true);
  EXPECT_EQ(Bind(both), "[v2:127.0.0.1:3300/0,v1:127.0.0.1:6789/0]");
  Allow(true, false);
  EXPECT_EQ(Bind(both), "v1:127.0.0.1:6789/0");
  EXPECT_THAT(Bind("v2:127.0.0.1:3300"), HasSubstr("ms_bind_msgr2 (false)"));
}

}  // namespace
}  // namespace siphon
