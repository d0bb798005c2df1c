#include "services/common/daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "testing/process/child_process.h"

namespace siphon {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kProgram[] = "services/common/test_daemon";

class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    // Daemons that leave their parent become children of this process, which can await their end.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    WriteFile(conf_, "[global]\nrun dir = " + dir_.path() + "\nlog file = " + dir_.path() +
                         "/$name.log\npid file = " + dir_.path() + "/$name.pid\n");
  }

  std::vector<std::string> Command(std::vector<std::string> more) {
    std::vector<std::string> out = {kProgram, "-c", conf_, "-i", "3"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  // In the foreground, logging to the terminal.
  std::vector<std::string> Foreground(std::vector<std::string> more = {}) {
    std::vector<std::string> out = Command({"-f", "--log-file="});
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  pid_t DaemonPid() { return std::atoi(ReadFile(dir_.Path("osd.3.pid")).c_str()); }
  std::string Log() { return ReadFile(dir_.Path("osd.3.log")); }

  ShortTempDir dir_;
  const std::string conf_ = dir_.Path("ceph.conf");
};

TEST_F(DaemonTest, IsUpWhenTheCommandReturnsAndEndsCleanlyOnSigterm) {
  const auto launched = ChildProcess::Run(Command({}));
  EXPECT_EQ(launched.exit_code, 0) << launched.err;
  EXPECT_EQ(launched.out + launched.err, "");
  const pid_t pid = DaemonPid();
  ASSERT_GT(pid, 0);
  EXPECT_EQ(getsid(pid), pid);
  struct stat socket;
  ASSERT_EQ(stat(dir_.Path("osd.3.admin.sock").c_str(), &socket), 0);
  EXPECT_EQ(socket.st_mode, S_IFSOCK | 0600u);

  kill(pid, SIGTERM);
  EXPECT_EQ(AwaitExit(pid), 0);
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("osd.3.pid")));
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("osd.3.admin.sock")));
  EXPECT_THAT(Log(),
              AllOf(HasSubstr("osd.3: ready"), HasSubstr("signal 15"), HasSubstr("osd.3: ends")));
}

TEST_F(DaemonTest, HangupContinuesInANewLogFile) {
  ASSERT_EQ(ChildProcess::Run(Command({})).exit_code, 0);
  std::filesystem::rename(dir_.Path("osd.3.log"), dir_.Path("old.log"));
  const pid_t pid = DaemonPid();
  kill(pid, SIGHUP);
  kill(pid, SIGTERM);
  EXPECT_EQ(AwaitExit(pid), 0);
  EXPECT_THAT(Log(), AllOf(HasSubstr("log reopened"), HasSubstr("osd.3: ends")));
  EXPECT_THAT(ReadFile(dir_.Path("old.log")), Not(HasSubstr("osd.3: ends")));
}

TEST_F(DaemonTest, TellsTheCallerWhyItDidNotStart) {
  const auto failed = ChildProcess::Run(Command({"--behave=fail"}));
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.err, "test_daemon: the monitor is on holiday\n");
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("osd.3.pid")));
  EXPECT_THAT(Log(), HasSubstr("the monitor is on holiday"));

  EXPECT_EQ(ChildProcess::Run(Command({"--behave=misuse"})).exit_code, 2);

  const auto crashed = ChildProcess::Run(Command({"--behave=crash"}));
  EXPECT_EQ(crashed.exit_code, 1);
  EXPECT_THAT(crashed.err, HasSubstr("was ended by signal 9"));
}

TEST_F(DaemonTest, ACrashLeavesItsStackInTheLog) {
  const auto aborted = ChildProcess::Run(Command({"--behave=abort"}));
  EXPECT_EQ(aborted.exit_code, 1);
  EXPECT_THAT(aborted.err, HasSubstr("was ended by signal 6"));
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "AddressSanitizer writes reports of its own";
#endif
#endif
  EXPECT_THAT(Log(), HasSubstr("*** SIGABRT"));
}

TEST_F(DaemonTest, ATaskThatFinishesBeforeItRunsIsASuccess) {
  EXPECT_EQ(ChildProcess::Run(Command({"--behave=finish"})).exit_code, 0);
}

TEST_F(DaemonTest, AnEndedCallerEndsADaemonThatIsNotReady) {
  ChildProcess launcher(Command({"--behave=hang"}));
  // The admin port opens before it is ready; the log tells when.
  ChildProcess tail({"/usr/bin/tail", "-n+1", "-F", dir_.Path("osd.3.log")});
  ASSERT_TRUE(tail.AwaitOutput("admin port at"));
  launcher.Signal(SIGTERM);
  const auto result = launcher.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("before it was ready"));
}

TEST_F(DaemonTest, AFailureAfterItWasReadyIsExitCodeOne) {
  ChildProcess daemon(Foreground({"--behave=break"}));
  const auto result = daemon.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("test_daemon: the disk broke"));
}

TEST_F(DaemonTest, StaysInTheForegroundWithItsLogOnTheTerminal) {
  ChildProcess daemon(Foreground());
  ASSERT_TRUE(daemon.AwaitOutput("osd.3: ready"));
  EXPECT_EQ(DaemonPid(), daemon.pid());
  daemon.Signal(SIGINT);
  EXPECT_EQ(daemon.Wait().exit_code, 0);
}

TEST_F(DaemonTest, ASecondDaemonOfTheSameNameIsRefused) {
  ChildProcess daemon(Foreground());
  ASSERT_TRUE(daemon.AwaitOutput("osd.3: ready"));
  const auto by_pid_file = ChildProcess::Run(Foreground());
  EXPECT_EQ(by_pid_file.exit_code, 1);
  EXPECT_THAT(by_pid_file.err, HasSubstr("belongs to process"));
  const auto by_socket = ChildProcess::Run(Foreground({"--pid-file="}));
  EXPECT_EQ(by_socket.exit_code, 1);
  EXPECT_THAT(by_socket.err, HasSubstr("another process listens there"));
  daemon.Signal(SIGTERM);
  EXPECT_EQ(daemon.Wait().exit_code, 0);
}

TEST_F(DaemonTest, WrongFlagsAndFilesAreExitCodeTwoWithTheReason) {
  const auto check = [this](std::vector<std::string> more, const std::string& reason) {
    const auto result = ChildProcess::Run(Command(more));
    EXPECT_EQ(result.exit_code, 2) << reason;
    EXPECT_THAT(result.err, AllOf(HasSubstr(reason), HasSubstr("Try 'test_daemon --help'")));
  };
  check({"--nonsense"}, "--nonsense: there is no such flag");
  check({"word"}, "\"word\" is no flag");
  check({"--ms-async-op-threads=900"}, "--ms-async-op-threads: ");
  check({"--log-file="}, "stay here with --foreground");
  check({"--admin-listen", "0.0.0.0:7000"}, "--admin-listen: \"0.0.0.0:7000\" is not a loopback");
  check({"--admin-listen", "unix:/tmp/" + std::string(120, 'x')}, "a Unix socket's may have 107");
  check({"-c", dir_.Path("none.conf")}, "none.conf: cannot be read");
  WriteFile(conf_, "[global]\nnonsense\n");
  check({}, "ceph.conf:2");
}

TEST_F(DaemonTest, HelpTeachesAndHidesTheFlagsOfLibraries) {
  const auto help = ChildProcess::Run({kProgram, "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("A daemon to test the harness with."),
                              HasSubstr("-c, --conf FILE"), HasSubstr("--behave HOW"),
                              HasSubstr("--option NAME=VALUE"), HasSubstr("Exit codes"),
                              Not(HasSubstr("logtostderr")), Not(HasSubstr("flagfile"))));
  EXPECT_EQ(ChildProcess::Run({kProgram, "--version"}).out, "test_daemon (Siphon) 0.1.0\n");
}

}  // namespace
}  // namespace siphon
