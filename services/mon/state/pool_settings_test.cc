#include "services/mon/state/pool_settings.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/mon/state/pool_options.h"
#include "services/rados/crush_builder.h"

namespace siphon::mon {
namespace {

using absl::StatusCode;

class PoolSettingsTest : public ::testing::Test {
 protected:
  PoolSettingsTest() {
    map_.crush = std::make_shared<rados::CrushMap>(rados::CrushBuilder::Fresh(0));
    pool_.size = 3;
    pool_.SetPgNum(8);
  }
  StatusCode Set(const char* name, const char* value, bool sure = false) {
    return SetPoolSetting(map_, name, value, sure, 0, &pool_).code();
  }
  std::string Get(const char* name) {
    const auto value = GetPoolSetting(map_, pool_, name);
    return value.ok() ? value->dump()
                      : std::string(absl::StatusCodeToString(value.status().code()));
  }

  rados::OsdMap map_;
  rados::PgPool pool_;
};

TEST_F(PoolSettingsTest, GivesBackWhatWasSet) {
  const char* const settings[][2] = {
      {"size", "2"},           {"min_size", "1"},           {"pgp_num", "4"},
      {"scrub_priority", "3"}, {"recovery_priority", "-3"}, {"compression_max_blob_size", "65536"},
      {"nodelete", "true"},    {"noscrub", "true"},         {"bulk", "true"},
  };
  for (const auto& [name, value] : settings) {
    EXPECT_EQ(Set(name, value), StatusCode::kOk) << name;
    EXPECT_EQ(Get(name), value) << name;
  }
  EXPECT_EQ(Set("csum_type", "crc32c"), StatusCode::kOk);
  EXPECT_EQ(Get("csum_type"), "\"crc32c\"");
  EXPECT_EQ(pool_.options.at(11), PoolOptionValue(int64_t{4}));  // as Ceph numbers it
  EXPECT_EQ(Set("target_size_bytes", "10M"), StatusCode::kOk);
  EXPECT_EQ(Get("target_size_bytes"), "10485760");
  EXPECT_EQ(Set("pg_autoscale_mode", "warn"), StatusCode::kOk);
  EXPECT_EQ(Get("pg_autoscale_mode"), "\"warn\"");
}

TEST_F(PoolSettingsTest, RefusesValuesThatCannotBe) {
  for (const auto& [name, value] :
       {std::pair("size", "0"), std::pair("size", "11"), std::pair("size", "two"),
        std::pair("min_size", "4"), std::pair("pgp_num", "9"), std::pair("nodelete", "maybe"),
        std::pair("compression_mode", "bogus"), std::pair("csum_type", "md5"),
        std::pair("recovery_priority", "11"), std::pair("scrub_min_interval", "nan"),
        std::pair("pg_num_min", "9"), std::pair("pg_num_max", "7"),
        std::pair("pg_autoscale_mode", "what"), std::pair("fast_read", "1"),
        std::pair("compression_required_ratio", "1.5"), std::pair("nosuch", "1")})
    EXPECT_EQ(Set(name, value), StatusCode::kInvalidArgument) << name << " " << value;
  EXPECT_EQ(Set("crush_rule", "nope"), StatusCode::kNotFound);
  EXPECT_EQ(Set("hit_set_period", "9"), StatusCode::kUnauthenticated);
  EXPECT_EQ(Set("pg_num", "16"), StatusCode::kUnimplemented);
}

TEST_F(PoolSettingsTest, AsksBeforeAllGroupsMove) {
  EXPECT_EQ(Set("hashpspool", "0"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Set("hashpspool", "0", /*sure=*/true), StatusCode::kOk);
  EXPECT_EQ(Get("hashpspool"), "false");
}

TEST_F(PoolSettingsTest, FlagsForbidWhatTheyName) {
  ASSERT_EQ(Set("nosizechange", "1"), StatusCode::kOk);
  EXPECT_EQ(Set("size", "2"), StatusCode::kPermissionDenied);
  ASSERT_EQ(Set("nopgchange", "1"), StatusCode::kOk);
  EXPECT_EQ(Set("pgp_num", "2"), StatusCode::kPermissionDenied);
}

TEST_F(PoolSettingsTest, ZeroAndUnsetTakeAnOptionAway) {
  EXPECT_EQ(Get("pg_num_min"), "NOT_FOUND");
  ASSERT_EQ(Set("pg_num_min", "4"), StatusCode::kOk);
  ASSERT_EQ(Set("pg_num_min", "0"), StatusCode::kOk);
  EXPECT_EQ(Get("pg_num_min"), "NOT_FOUND");
  ASSERT_EQ(Set("compression_mode", "force"), StatusCode::kOk);
  ASSERT_EQ(Set("compression_mode", "unset"), StatusCode::kOk);
  EXPECT_TRUE(pool_.options.empty());
}

TEST(PoolOptionsTest, ReadsSizesWithUnits) {
  EXPECT_EQ(*ParseSize("10", false), 10);
  EXPECT_EQ(*ParseSize("10K", false), 10240);
  EXPECT_EQ(*ParseSize("1GiB", false), 1 << 30);
  EXPECT_EQ(*ParseSize("10M", true), 10000000);
  for (const char* bad : {"", "K", "10X", "-1", "1k", "9999999999G", "1 0"})
    EXPECT_FALSE(ParseSize(bad, true).ok()) << bad;
}

}  // namespace
}  // namespace siphon::mon
