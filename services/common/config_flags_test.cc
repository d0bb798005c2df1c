#include "services/common/config_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/flags/reflection.h"
#include "testing/process/child_process.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConfigFlagsTest : public testing::Test {
 protected:
  ConfigFlagsTest() {
    spec_.flags = ConfigFlags();
    spec_.config_options = true;
    WriteFile(conf_,
              "[global]\nfsid = 1f0e\nms crc data = false\nrgw thing = 7\n"
              "[osd]\nosd_heartbeat_grace = 11\n[osd.3]\nms_async_op_threads = 5\n");
  }

  absl::StatusOr<ProcessConfig> Load(std::vector<std::string> args,
                                     const std::string& default_id = "") {
    const auto result = CommandLine(spec_).Parse(args);
    if (!result.ok()) return result.status();
    return LoadProcessConfig("osd", default_id, result->options);
  }
  std::string ErrorOf(std::vector<std::string> args) {
    const auto loaded = Load(args);
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(loaded.status().message());
  }

  absl::FlagSaver saver_;
  ShortTempDir dir_;
  const std::string conf_ = dir_.Path("ceph.conf");
  CommandLineSpec spec_;
};

TEST_F(ConfigFlagsTest, TakesTheSectionsOfTheDaemonsName) {
  const auto loaded = Load({"-c", conf_, "-i", "3"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->id, "3");
  EXPECT_EQ(loaded->conf_path, conf_);
  EXPECT_EQ(loaded->config->GetString("fsid"), "1f0e");
  EXPECT_EQ(loaded->config->GetDuration("osd_heartbeat_grace"), absl::Seconds(11));
  EXPECT_EQ(loaded->config->GetInt("ms_async_op_threads"), 5);
  EXPECT_THAT(loaded->ignored, ElementsAre("rgw_thing"));
}

TEST_F(ConfigFlagsTest, CommandLineWinsOverTheFileAndTheAdminPortOverBoth) {
  const auto loaded = Load({"-c", conf_, "--name", "osd.3", "--ms-crc-data", "true"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(loaded->config->GetBool("ms_crc_data"));
  ASSERT_TRUE(loaded->config->Set("ms_crc_data", "false").ok());
  EXPECT_FALSE(loaded->config->GetBool("ms_crc_data"));
}

TEST_F(ConfigFlagsTest, NamesWhatIsWrongWithTheName) {
  EXPECT_THAT(ErrorOf({"-c", conf_}), HasSubstr("--id: is missing"));
  EXPECT_THAT(ErrorOf({"-c", conf_, "-n", "mon.a"}), HasSubstr("\"mon.a\" is not osd.ID"));
  EXPECT_THAT(ErrorOf({"-c", conf_, "-n", "osd."}), HasSubstr("\"osd.\" is not osd.ID"));
  EXPECT_THAT(ErrorOf({"-c", conf_, "-n", "osd.3", "-i", "4"}), HasSubstr("differ"));
}

TEST_F(ConfigFlagsTest, AUserIsAnId) {
  EXPECT_EQ(Load({"-c", conf_, "--user", "3"})->id, "3");
  EXPECT_THAT(ErrorOf({"-c", conf_, "--user", "3", "-n", "osd.4"}), HasSubstr("differ"));
  EXPECT_THAT(ErrorOf({"-c", conf_, "--user", "3", "-i", "4"}), HasSubstr("--user 3 differ"));
}

TEST_F(ConfigFlagsTest, FallsBackToTheDefaultId) {
  const auto loaded = Load({"-c", conf_}, "admin");
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->id, "admin");
}

TEST_F(ConfigFlagsTest, AMissingOrBrokenFileIsAUsageErrorWithItsPath) {
  EXPECT_THAT(ErrorOf({"-i", "3", "-c", dir_.Path("no.conf")}), HasSubstr(dir_.Path("no.conf")));
  WriteFile(conf_, "[global]\nfsid = 1\nwhat is this\n");
  EXPECT_THAT(ErrorOf({"-i", "3", "-c", conf_}), HasSubstr("ceph.conf:3"));
  WriteFile(conf_, "[global]\nms_async_op_threads = many\n");
  EXPECT_THAT(ErrorOf({"-i", "3", "-c", conf_}), HasSubstr("ms_async_op_threads"));
}

TEST_F(ConfigFlagsTest, ABadOptionOnTheCommandLineIsNamed) {
  EXPECT_THAT(ErrorOf({"-c", conf_, "-i", "3", "--option", "ms_crc_dat=1"}),
              HasSubstr("did you mean ms_crc_data"));
}

}  // namespace
}  // namespace siphon
