// The program as a user meets it without a cluster: help, mistakes, and monitors that are not
// there.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/process/child_process.h"

namespace siphon::client {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

ChildProcess::Result Siphon(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "services/client/siphon");
  return ChildProcess::Run(arguments);
}

// Nobody listens on port 1, so a connection is refused at once.
ChildProcess::Result WithoutMonitor(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"-c", "/dev/null", "--mon-host", "v1:127.0.0.1:1",
                                       "--connect-timeout", "200ms"});
  return Siphon(arguments);
}

TEST(SiphonTest, HelpShowsEveryCommandAndExamples) {
  const ChildProcess::Result result = Siphon({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  for (const char* text : {"put OBJECT FILE|-", "bench SECONDS write|seq|rand", "osd pool create",
                           "siphon -p data put report report.pdf", "--mon-host"}) {
    EXPECT_THAT(result.out, HasSubstr(text));
  }
}

TEST(SiphonTest, EachCommandHasHelpOfItsOwn) {
  const std::string put = Siphon({"help", "put"}).out;
  EXPECT_THAT(put, HasSubstr("Usage: siphon [-c FILE] [flags] put OBJECT FILE|-"));
  EXPECT_EQ(Siphon({"put", "--help"}).out, put);
  EXPECT_THAT(Siphon({"osd", "pool", "create", "--help"}).out,
              HasSubstr("siphon osd pool create data 32"));
}

TEST(SiphonTest, AMistakeIsOneLineAndExitCodeTwo) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"frobnicate"},
           {"osd", "frobnicate"},
           {"-c", "/dev/null", "ls"},
           {"-c", "/dev/null", "-p", "p", "put", "only-one"},
           {"-c", "/dev/null", "-p", "p", "bench", "ten", "write"},
           {"-c", "/dev/null", "-p", "p", "bench", "1", "sideways"},
           {"-c", "/dev/null", "--format", "xml", "status"},
           {"-c", "/dev/null", "osd", "pool", "create"},
           {"-c", "/dev/null", "command", "osd dump"},
           {"-c", "/nonexistent/ceph.conf", "status"},
           {"--no-such-flag", "status"},
       }) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    const ChildProcess::Result result = Siphon(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, MatchesRegex("siphon: [^\n]+\n"));
  }
}

TEST(SiphonTest, SaysWhichMonitorsItTriedAndWhatHappened) {
  const ChildProcess::Result result = WithoutMonitor({"fsid"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, MatchesRegex("siphon: [^\n]+\n"));
  EXPECT_THAT(result.err, HasSubstr("v1:127.0.0.1:1/0 refused the connection"));
  EXPECT_THAT(result.err, HasSubstr("mon_host"));
}

TEST(SiphonTest, SaysHowToNameAMonitor) {
  const ChildProcess::Result result = Siphon({"-c", "/dev/null", "status"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--mon-host HOST:PORT"));
}

TEST(SiphonTest, AFileThatIsNotThereIsNoticedBeforeTheCluster) {
  const ChildProcess::Result result =
      WithoutMonitor({"-p", "p", "put", "object", "/nonexistent/file"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("/nonexistent/file"));
}

}  // namespace
}  // namespace siphon::client
