#include "services/common/commands/daemon_commands.h"

#include <cerrno>
#include <string>

#include "base/config.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/common/commands/command_args.h"

namespace siphon {
namespace {

class DaemonCommandsTest : public ::testing::Test {
 protected:
  DaemonCommandsTest() { AddDaemonCommands("osd.7", &config_, &table_); }
  CommandResult Run(const std::string& json) { return table_.Run(*CommandArgs::Parse({json})); }
  nlohmann::json Output(const std::string& json) {
    return nlohmann::json::parse(Run(json).output.ToString(), nullptr, false);
  }

  Config config_;
  CommandTable table_;
};

TEST_F(DaemonCommandsTest, OptionsAreSetAndShown) {
  const CommandResult set =
      Run(R"({"prefix":"config set","var":"mon_max_pg_per_osd","val":["300"]})");
  EXPECT_EQ(set.code, 0);
  EXPECT_EQ(config_.GetInt("mon_max_pg_per_osd"), 300);
  EXPECT_EQ(Output(R"({"prefix":"config get","var":"mon_max_pg_per_osd"})")["mon_max_pg_per_osd"],
            "300");
  EXPECT_EQ(Output(R"({"prefix":"config show"})")["name"], "osd.7");
  const nlohmann::json diff = Output(R"({"prefix":"config diff"})")["diff"];
  EXPECT_EQ(diff["mon_max_pg_per_osd"]["override"], "300");
  EXPECT_FALSE(diff.contains("mon_max_osd"));
}

TEST_F(DaemonCommandsTest, AnOptionGoesBackToItsDefault) {
  const int64_t before = config_.GetInt("mon_max_pg_per_osd");
  Run(R"({"prefix":"config set","var":"mon_max_pg_per_osd","val":["7"]})");
  const CommandResult unset = Run(R"({"prefix":"config unset","var":"mon_max_pg_per_osd"})");
  EXPECT_EQ(unset.code, 0);
  EXPECT_FALSE(unset.status.empty());
  EXPECT_EQ(config_.GetInt("mon_max_pg_per_osd"), before);
  // What changes nothing is not told.
  EXPECT_EQ(Run(R"({"prefix":"config unset","var":"mon_max_pg_per_osd"})").status, "");
  EXPECT_EQ(Run(R"({"prefix":"config unset","var":"nosuch"})").code, -ENOENT);
}

TEST_F(DaemonCommandsTest, RefusesWhatIsNoOptionOrCannotBe) {
  EXPECT_EQ(Run(R"({"prefix":"config get","var":"nosuch"})").code, -ENOENT);
  EXPECT_EQ(Run(R"({"prefix":"config set","var":"nosuch","val":["1"]})").code, -ENOENT);
  EXPECT_EQ(Run(R"({"prefix":"config set","var":"mon_max_osd","val":["many"]})").code, -EINVAL);
  EXPECT_EQ(Run(R"({"prefix":"config set","var":"mon_data","val":["/x"]})").code, -ENOSYS);
  EXPECT_EQ(Run(R"({"prefix":"config set","var":"mon_max_osd"})").code, -EINVAL);
}

TEST_F(DaemonCommandsTest, ArgumentsAreInjectedInAnyForm) {
  const CommandResult result =
      Run(R"({"prefix":"injectargs","injected_args":["--mon_max_osd=5 --mon-max-pg-per-osd 77"]})");
  EXPECT_EQ(result.code, 0) << result.status;
  EXPECT_EQ(config_.GetInt("mon_max_osd"), 5);
  EXPECT_EQ(config_.GetInt("mon_max_pg_per_osd"), 77);
  for (const char* bad : {"--nosuch=2", "mon_max_osd=6", "--", "--mon_max_osd"})
    EXPECT_EQ(Run(std::string(R"({"prefix":"injectargs","injected_args":[")") + bad + "\"]}").code,
              -EINVAL)
        << bad;
}

TEST_F(DaemonCommandsTest, DescribesItselfForTheCephProgram) {
  const nlohmann::json all = Output(R"({"prefix":"get_command_descriptions","format":"json"})");
  ASSERT_GT(all.size(), 8u);
  for (const auto& item : all.items()) EXPECT_FALSE(item.value()["help"].empty()) << item.key();
  EXPECT_EQ(Output(R"({"prefix":"version"})")["release"], "pacific");
  EXPECT_EQ(Run(R"({"prefix":"nosuch"})").code, -EINVAL);
}

}  // namespace
}  // namespace siphon
