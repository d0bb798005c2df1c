#include "services/osd/pg/op_limits.h"

#include "base/config.h"
#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

TEST(OpLimitsTest, AreCephsOnesWhenNothingIsSet) {
  const OpLimits built_in;
  const OpLimits limits = OpLimits::FromConfig(Config());
  EXPECT_EQ(limits.max_object_size, uint64_t{128} << 20);
  EXPECT_EQ(limits.max_write_size, uint64_t{90} << 20);
  EXPECT_EQ(limits.max_attr_size, 0u);
  EXPECT_EQ(limits.max_omap_entries, 1024u);
  EXPECT_EQ(limits.max_omap_bytes, uint64_t{1} << 30);
  EXPECT_EQ(limits.max_list, built_in.max_list);
  EXPECT_EQ(limits.max_object_name, built_in.max_object_name);
  EXPECT_EQ(limits.max_write_reply, built_in.max_write_reply);
}

TEST(LiveLimitsTest, FollowTheConfiguration) {
  Config config;
  ASSERT_TRUE(config.Set("osd_max_attr_size", "10").ok());
  const LiveLimits limits(&config);
  EXPECT_EQ(limits.Get().max_attr_size, 10u);
  ASSERT_TRUE(config.Set("osd_max_attr_size", "20").ok());
  ASSERT_TRUE(config.Set("osd_max_write_size", "5").ok());
  EXPECT_EQ(limits.Get().max_attr_size, 20u);
  EXPECT_EQ(limits.Get().max_write_size, uint64_t{5} << 20);
}

}  // namespace
}  // namespace siphon::osd
