#include "services/common/central_config.h"

#include "base/config.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

class CentralConfigTest : public ::testing::Test {
 protected:
  Config config_;
  CentralConfig central_{&config_};
};

TEST_F(CentralConfigTest, ComesBeforeTheDefaultsAndGoesBackToThem) {
  const int64_t before = config_.GetInt("objecter_inflight_ops");
  central_.Apply({{"objecter_inflight_ops", "5"}});
  EXPECT_EQ(config_.GetInt("objecter_inflight_ops"), 5);
  central_.Apply({{"objecter inflight ops", "6"}});
  EXPECT_EQ(config_.GetInt("objecter_inflight_ops"), 6);
  central_.Apply({});
  EXPECT_EQ(config_.GetInt("objecter_inflight_ops"), before);
}

TEST_F(CentralConfigTest, WhatTheProcessWasToldItselfStays) {
  ASSERT_TRUE(config_.Set("objecter_inflight_ops", "7", Config::Source::kFile).ok());
  central_.Apply({{"objecter_inflight_ops", "5"}});
  EXPECT_EQ(config_.GetInt("objecter_inflight_ops"), 7);
  central_.Apply({});
  EXPECT_EQ(config_.GetInt("objecter_inflight_ops"), 7);
}

TEST_F(CentralConfigTest, LeavesAloneWhatItCannotChange) {
  const std::string mon_host = config_.GetString("mon_host");
  const int64_t before = config_.GetInt("objecter_inflight_ops");
  central_.Apply(
      {{"mon_host", "1.2.3.4"}, {"bluestore_magic", "on"}, {"objecter_inflight_ops", "many"}});
  EXPECT_EQ(config_.GetString("mon_host"), mon_host);
  EXPECT_EQ(config_.GetInt("objecter_inflight_ops"), before);
}

}  // namespace
}  // namespace siphon
