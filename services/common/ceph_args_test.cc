#include "services/common/ceph_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/flags/reflection.h"
#include "services/common/config_flags.h"
#include "testing/process/child_process.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CephArgsTest : public testing::Test {
 protected:
  CephArgsTest() {
    spec_.flags = ConfigFlags();
    spec_.config_options = true;
    WriteFile(conf_, "[global]\nkeyring = of.the.file\nms_crc_data = true\n");
  }
  ~CephArgsTest() override {
    unsetenv("CEPH_ARGS");
    unsetenv("CEPH_KEYRING");
    unsetenv("CEPH_CONF");
  }

  absl::StatusOr<ProcessConfig> Load(std::vector<std::string> args) {
    const auto result = ParseWithCephArgs(CommandLine(spec_), args);
    if (!result.ok()) return result.status();
    positional_ = result->positional;
    ignored_ = result->ignored;
    return LoadProcessConfig("client", "admin", result->options);
  }
  static void SetArgs(const std::string& text) { setenv("CEPH_ARGS", text.c_str(), 1); }

  absl::FlagSaver saver_;
  ShortTempDir dir_;
  const std::string conf_ = dir_.Path("ceph.conf");
  CommandLineSpec spec_;
  std::vector<std::string> positional_, ignored_;
};

TEST_F(CephArgsTest, FlagsOfTheVariableCountAsIfTheyStoodFirst) {
  SetArgs("  -c " + conf_ + "  --id web\t-k web.keyring --ms-crc-data=false");
  const auto loaded = Load({"status"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->id, "web");
  EXPECT_EQ(loaded->config->GetString("keyring"), "web.keyring");
  EXPECT_FALSE(loaded->config->GetBool("ms_crc_data"));
  EXPECT_THAT(positional_, ElementsAre("status"));
}

TEST_F(CephArgsTest, TheCommandLineWins) {
  SetArgs("-c " + conf_ + " --id web --keyring a --ms-crc-data=false");
  const auto loaded = Load({"--name", "client.shop", "--ms-crc-data", "true", "--keyring=b"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->id, "shop");
  EXPECT_EQ(loaded->config->GetString("keyring"), "b");
  EXPECT_TRUE(loaded->config->GetBool("ms_crc_data"));
}

TEST_F(CephArgsTest, AnIdReplacesAUserOfTheVariable) {
  SetArgs("-c " + conf_ + " --user web");
  EXPECT_EQ(Load({"--id", "shop"})->id, "shop");
}

TEST_F(CephArgsTest, AFlagWithoutItsValueDoesNotTakeTheCommandLines) {
  SetArgs("-c " + conf_ + " --keyring");
  EXPECT_THAT(std::string(Load({"status"}).status().message()),
              HasSubstr("CEPH_ARGS: --keyring: needs a value"));
}

TEST_F(CephArgsTest, FlagsOfOtherProgramsAreIgnoredThereAndNowhereElse) {
  SetArgs("-c " + conf_ + " --debug-ms 1 --log-to-stderr=false");
  EXPECT_TRUE(Load({"status"}).ok());
  EXPECT_THAT(ignored_, ElementsAre("--debug-ms", "--log-to-stderr"));
  EXPECT_THAT(positional_, ElementsAre("status"));
  EXPECT_THAT(std::string(Load({"--debug-ms", "1"}).status().message()),
              HasSubstr("--debug-ms: there is no such flag"));
}

TEST_F(CephArgsTest, CephConfNamesTheFileUnlessAFlagDoes) {
  setenv("CEPH_CONF", conf_.c_str(), 1);
  EXPECT_EQ(Load({})->config->GetString("keyring"), "of.the.file");
  const std::string other = dir_.Path("other.conf");
  WriteFile(other, "[global]\nkeyring = of.the.other\n");
  EXPECT_EQ(Load({"-c", other})->config->GetString("keyring"), "of.the.other");
}

TEST_F(CephArgsTest, CephKeyringComesBetweenTheFileAndTheCommandLine) {
  setenv("CEPH_KEYRING", "of.the.environment", 1);
  const auto loaded = Load({"-c", conf_});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config->GetString("keyring"), "of.the.environment");
  EXPECT_EQ(loaded->config->Describe("keyring")->source, Config::Source::kEnvironment);
  EXPECT_EQ(Load({"-c", conf_, "-k", "mine"})->config->GetString("keyring"), "mine");
  SetArgs("--keyring of.the.arguments");
  EXPECT_EQ(Load({"-c", conf_})->config->GetString("keyring"), "of.the.arguments");
}

}  // namespace
}  // namespace siphon
