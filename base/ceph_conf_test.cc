#include "base/ceph_conf.h"

#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CephConf Parsed(std::string_view text, std::string_view file_name = "/etc/ceph/ceph.conf") {
  absl::StatusOr<CephConf> conf = CephConf::Parse(text, file_name);
  EXPECT_TRUE(conf.ok()) << conf.status();
  return conf.ok() ? *std::move(conf) : CephConf();
}

std::string ErrorOf(std::string_view text) {
  const absl::StatusOr<CephConf> conf = CephConf::Parse(text, "my.conf");
  EXPECT_EQ(conf.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(conf.status().message());
}

TEST(CephConfTest, TheNearestSectionWins) {
  const CephConf conf = Parsed(R"(
[global]
a = global
b = global
c = global
[osd]
b = osd
c = osd
[osd.3]
c = mine
)");
  EXPECT_EQ(conf.Get("osd", "3", "a"), "global");
  EXPECT_EQ(conf.Get("osd", "3", "b"), "osd");
  EXPECT_EQ(conf.Get("osd", "3", "c"), "mine");
  EXPECT_EQ(conf.Get("osd", "4", "c"), "osd");
  EXPECT_EQ(conf.Get("mon", "a", "c"), "global");
  EXPECT_EQ(conf.Get("mon", "a", "d"), std::nullopt);
}

TEST(CephConfTest, NamesMayUseBlanksDashesOrUnderscores) {
  const CephConf conf = Parsed("[global]\n  mon  host = a\npid-file=b\n");
  EXPECT_EQ(conf.Get("osd", "0", "mon_host"), "a");
  EXPECT_EQ(conf.Get("osd", "0", "mon host"), "a");
  EXPECT_EQ(conf.Get("osd", "0", "pid_file"), "b");
}

TEST(CephConfTest, CommentsQuotesAndEscapes) {
  const CephConf conf = Parsed(
      "# one\n; two\n[global] # three\n"
      "a = plain text  ; four\n"
      "b = \"quoted # text; \" # five\n"
      "c = escaped \\# and \\;\n"
      "d = 'single \"inside\"'\n"
      "e =\n"
      "f = it's\n"
      "g = C:\\path\n");
  EXPECT_EQ(conf.Get("osd", "0", "a"), "plain text");
  EXPECT_EQ(conf.Get("osd", "0", "b"), "quoted # text; ");
  EXPECT_EQ(conf.Get("osd", "0", "c"), "escaped # and ;");
  EXPECT_EQ(conf.Get("osd", "0", "d"), "single \"inside\"");
  EXPECT_EQ(conf.Get("osd", "0", "e"), "");
  EXPECT_EQ(conf.Get("osd", "0", "f"), "it's");
  EXPECT_EQ(conf.Get("osd", "0", "g"), "C:\\path");
}

TEST(CephConfTest, ABackslashJoinsLinesAndWindowsLineEndsAreFine) {
  const CephConf conf = Parsed("a = one \\\n  two\\\r\nthree\r\nb = last\\");
  EXPECT_EQ(conf.Get("osd", "0", "a"), "one   twothree");
  EXPECT_EQ(conf.Get("osd", "0", "b"), "last\\");
}

TEST(CephConfTest, LaterLinesWinAndSectionsMayComeTwice) {
  const CephConf conf = Parsed("[osd]\na = 1\n[mon]\na = 2\n[osd]\na = 3\nb = 4\n");
  EXPECT_EQ(conf.Get("osd", "0", "a"), "3");
  EXPECT_EQ(conf.Get("osd", "0", "b"), "4");
}

TEST(CephConfTest, AMonitorListKeepsItsBrackets) {
  const CephConf conf = Parsed("mon_host = [v2:127.0.0.1:3300,v1:127.0.0.1:6789]\n");
  EXPECT_EQ(conf.Get("osd", "0", "mon_host"), "[v2:127.0.0.1:3300,v1:127.0.0.1:6789]");
}

TEST(CephConfTest, ExpandsMetavariables) {
  const CephConf conf = Parsed(
      "run_dir = /run/$cluster\n"
      "a = $run_dir/$name.sock\n"
      "b = ${type}x$id-$num $pid\n"
      "c = $unknown ${unknown} $ $$type\n"
      "d = $osd_objectstore\n",
      "/tmp/east.conf");
  EXPECT_EQ(conf.Get("osd", "3", "a"), "/run/east/osd.3.sock");
  EXPECT_EQ(conf.Get("osd", "3", "b"), "osdx3-3 " + std::to_string(getpid()));
  EXPECT_EQ(conf.Get("osd", "3", "c"), "$unknown ${unknown} $ $osd");
  EXPECT_EQ(conf.Get("osd", "3", "d"), "rocksdb");
  const std::string host = *Parsed("h = $host").Get("osd", "3", "h");
  EXPECT_THAT(host, Not(HasSubstr("$")));
}

TEST(CephConfTest, CircularReferencesEnd) {
  std::string text = "a = $b\nb = $a\nc = ";
  for (int i = 0; i < 100; ++i) text += "$c";
  const CephConf conf = Parsed(text);
  EXPECT_THAT(*conf.Get("osd", "3", "a"), testing::StartsWith("$"));
  EXPECT_LT(conf.Get("osd", "3", "c")->size(), 1u << 20);
}

TEST(CephConfTest, ErrorsNameFileLineAndRemedy) {
  EXPECT_EQ(ErrorOf("[global]\n\nwhat is this\n"),
            "my.conf:3: \"what is this\" is neither a section nor a setting; write NAME = VALUE");
  EXPECT_THAT(ErrorOf("a = 1\\\n\n[osd"), HasSubstr("my.conf:3: \"[osd\" has no ']'"));
  EXPECT_THAT(ErrorOf("[ ]"), HasSubstr("names no section"));
  EXPECT_THAT(ErrorOf("[osd] a = b"), HasSubstr("more than a section's name"));
  EXPECT_THAT(ErrorOf("= b"), HasSubstr("has no name"));
  EXPECT_THAT(ErrorOf("a = \"b"), HasSubstr("opens a quote"));
}

TEST(CephConfTest, AppliesWhatIsKnownAndNamesTheRest) {
  const CephConf conf = Parsed(
      "[global]\nms_max_backoff = 3\nsomething_else = 1\nlog_file = /log/$name\n"
      "[mon]\nms_crc_data = false\n");
  Config config;
  std::vector<std::string> ignored;
  ASSERT_TRUE(config.Set("ms_max_backoff", "9", Config::Source::kCommandLine).ok());
  ASSERT_TRUE(conf.ApplyTo(&config, "osd", "3", &ignored).ok());
  EXPECT_EQ(config.GetDuration("ms_max_backoff"), absl::Seconds(9));
  EXPECT_EQ(config.GetString("log_file"), "/log/osd.3");
  EXPECT_TRUE(config.GetBool("ms_crc_data"));
  EXPECT_EQ(config.Describe("log_file")->source, Config::Source::kFile);
  EXPECT_THAT(ignored, ElementsAre("something_else"));
  EXPECT_TRUE(conf.ApplyTo(&config, "mon", "a", nullptr).ok());
  EXPECT_FALSE(config.GetBool("ms_crc_data"));
}

TEST(CephConfTest, ApplyNamesTheFileOfABadValue) {
  Config config;
  const absl::Status status =
      Parsed("ms_max_backoff = soon", "my.conf").ApplyTo(&config, "osd", "3", nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("my.conf: option ms_max_backoff"));
}

TEST(CephConfTest, LoadsAFileAndSaysWhenThereIsNone) {
  const std::string path = testing::TempDir() + "/loads.conf";
  std::ofstream(path) << "[osd]\na = $cluster\n";
  const absl::StatusOr<CephConf> conf = CephConf::Load(path);
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(conf->Get("osd", "1", "a"), "loads");
  const absl::Status missing = CephConf::Load(path + ".missing").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("No such file"));
  EXPECT_EQ(CephConf::Load(testing::TempDir()).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace siphon
