#include "services/mon/state/config_monitor.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

class ConfigMonitorTest : public ::testing::Test {
 protected:
  ConfigMonitorTest() : store_(*MonStore::Open(folder_.path())) { Restart(); }
  void Restart() {
    config_ = std::make_unique<ConfigMonitor>(store_.get());
    EXPECT_TRUE(config_->Load().ok());
  }
  absl::Status Set(const char* section, const char* name, const char* value, bool force = false) {
    return config_->Set(section, name, value, force, absl::FromUnixSeconds(100));
  }
  // The value that an entity gets; empty for none.
  std::string ValueFor(const ConfigMonitor::Target& target, const std::string& name) {
    for (const auto& option : config_->Effective(target))
      if (option.name == name) return option.value;
    return "";
  }

  TempFolder folder_;
  std::unique_ptr<MonStore> store_;
  std::unique_ptr<ConfigMonitor> config_;
};

TEST_F(ConfigMonitorTest, TheNarrowerSectionWins) {
  ASSERT_TRUE(Set("global", "osd_max_backfills", "1").ok());
  ASSERT_TRUE(Set("osd", "osd_max_backfills", "2").ok());
  ASSERT_TRUE(Set("osd.3", "osd_max_backfills", "3").ok());
  EXPECT_EQ(ValueFor({.type = "osd", .id = "3"}, "osd_max_backfills"), "3");
  EXPECT_EQ(ValueFor({.type = "osd", .id = "4"}, "osd_max_backfills"), "2");
  EXPECT_EQ(ValueFor({.type = "client", .id = "admin"}, "osd_max_backfills"), "1");
}

TEST_F(ConfigMonitorTest, AMaskedSectionWinsOverAName) {
  ASSERT_TRUE(Set("osd.3", "osd_max_backfills", "3").ok());
  ASSERT_TRUE(Set("osd/class:ssd", "osd_max_backfills", "4").ok());
  ASSERT_TRUE(Set("osd/host:a", "osd_max_backfills", "5").ok());
  ConfigMonitor::Target osd = {.type = "osd", .id = "3", .location = {{"host", "a"}}};
  EXPECT_EQ(ValueFor(osd, "osd_max_backfills"), "5");
  osd.location["host"] = "b";
  EXPECT_EQ(ValueFor(osd, "osd_max_backfills"), "3");
  osd.device_class = "ssd";
  EXPECT_EQ(ValueFor(osd, "osd_max_backfills"), "4");
}

TEST_F(ConfigMonitorTest, RefusesSectionsNamesAndValuesThatCannotBe) {
  for (const char* section : {"bogus", "", "global.x", "osd.", "osd/nomask", "osd/host:"})
    EXPECT_FALSE(Set(section, "osd_max_backfills", "1").ok()) << section;
  EXPECT_FALSE(Set("osd", "nosuch", "1").ok());
  EXPECT_TRUE(Set("osd", "nosuch", "1", /*force=*/true).ok());
  EXPECT_FALSE(Set("mon", "mon_allow_pool_delete", "perhaps").ok());
  EXPECT_FALSE(Set("osd", "keyring", "/x").ok());
  EXPECT_TRUE(Set("mon", "mon-allow-pool-delete", "true").ok());
  EXPECT_EQ(ValueFor({.type = "mon", .id = "a"}, "mon_allow_pool_delete"), "true");
}

TEST_F(ConfigMonitorTest, RemembersAndGoesBack) {
  ASSERT_TRUE(Set("osd", "osd_max_backfills", "1").ok());
  ASSERT_TRUE(Set("osd/host:a", "debug_osd", "5/5").ok());
  ASSERT_TRUE(Set("osd", "osd_max_backfills", "2").ok());
  ASSERT_TRUE(Set("osd", "osd_max_backfills", "2").ok());  // nothing new
  EXPECT_EQ(config_->version(), 3u);
  Restart();
  EXPECT_EQ(config_->version(), 3u);
  ASSERT_EQ(config_->All().size(), 2u);
  EXPECT_EQ(config_->History(1).at(0).before, "1");
  ASSERT_TRUE(config_->Reset(1, absl::FromUnixSeconds(200)).ok());
  ASSERT_EQ(config_->All().size(), 1u);
  EXPECT_EQ(config_->All()[0].value, "1");
  EXPECT_EQ(config_->version(), 4u);
  EXPECT_FALSE(config_->Reset(99, absl::FromUnixSeconds(200)).ok());
}

TEST_F(ConfigMonitorTest, ListsTheWideSectionsFirst) {
  for (const char* section : {"client.admin", "osd.0", "osd", "mon.a", "global"})
    ASSERT_TRUE(Set(section, "debug_ms", "1").ok());
  std::string order;
  for (const auto& option : config_->All()) order += option.section.ToString() + " ";
  EXPECT_EQ(order, "global mon.a osd osd.0 client.admin ");
}

}  // namespace
}  // namespace siphon::mon
