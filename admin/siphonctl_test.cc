// siphonctl as a program, against an admin port of a fake daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "admin/admin_server.h"
#include "base/config.h"
#include "msg/fault_injection.h"
#include "testing/fakes/fake_admin_messenger.h"
#include "testing/process/child_process.h"

namespace siphon {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SiphonctlTest : public testing::Test {
 protected:
  SiphonctlTest() {
    messenger_.info = FakeAdminMessenger::SampleInfo("ms_public");
    messenger_.connections = {FakeAdminMessenger::SampleConnection()};
    service_.AddMessenger(&messenger_);
    service_.AddDump("ops_in_flight", [] { return R"({"num_ops": 0})"; });
    server_ = *AdminServer::Start(*ListenAddress::Parse(address_), &service_);
  }

  static ChildProcess::Result Ctl(std::vector<std::string> args) {
    args.insert(args.begin(), "admin/siphonctl");
    return ChildProcess::Run(args);
  }
  ChildProcess::Result Ask(std::vector<std::string> args) {
    args.insert(args.begin(), {"--admin", address_});
    return Ctl(args);
  }

  ShortTempDir dir_;
  const std::string address_ = "unix:" + dir_.Path("a.sock");
  Config config_;
  FakeAdminMessenger messenger_{"ms_public"};
  AdminService service_{{"osd.3", "siphon-osd", "1.2"}, &config_};
  std::unique_ptr<AdminServer> server_;
};

TEST_F(SiphonctlTest, ShowsEveryTable) {
  EXPECT_THAT(Ask({"daemon"}).out, StartsWith("osd.3: siphon-osd 1.2, process "));
  EXPECT_THAT(Ask({"messengers"}).out, HasSubstr("v1:127.0.0.1:6801/4711"));
  EXPECT_THAT(Ask({"connections"}).out, HasSubstr("client.4107"));
  EXPECT_THAT(Ask({"connections", "ms_public", "-w"}).out, HasSubstr("replaced"));
  EXPECT_THAT(Ask({"queues", "ms_public"}).out, HasSubstr("196:1 127:8"));
  const auto options = Ask({"option", "list", "ms_tcp"});
  EXPECT_EQ(options.exit_code, 0);
  EXPECT_THAT(options.out, AllOf(HasSubstr("ms_tcp_nodelay"), Not(HasSubstr("ms_type"))));
}

TEST_F(SiphonctlTest, WritesNoColoursIntoAPipeUnlessTold) {
  EXPECT_THAT(Ask({"connections"}).out, Not(HasSubstr("\033")));
  EXPECT_THAT(Ask({"connections", "--color=always"}).out, HasSubstr("\033[32mOPEN"));
}

TEST_F(SiphonctlTest, SpeaksJson) {
  const auto messengers = Ask({"messengers", "--format", "json"});
  EXPECT_THAT(messengers.out,
              AllOf(StartsWith("{\n  \"messengers\": ["), HasSubstr("\"messages_in\": 1234,")));
  EXPECT_THAT(Ask({"option", "get", "ms_type", "--format=json"}).out,
              HasSubstr("\"source\": \"DEFAULT\""));
}

TEST_F(SiphonctlTest, PrintsTheDaemonsOwnDumps) {
  EXPECT_EQ(Ask({"dump", "ops_in_flight"}).out, "{\"num_ops\": 0}\n");
  EXPECT_EQ(Ask({"dump_ops_in_flight"}).out, "{\"num_ops\": 0}\n");
  EXPECT_EQ(Ask({"dump_historic_ops"}).exit_code, 1);
}

TEST_F(SiphonctlTest, ControlsDispatch) {
  EXPECT_THAT(Ask({"pause", "ms_public"}).out, HasSubstr("paused"));
  const auto drained = Ask({"drain", "ms_public"});
  EXPECT_EQ(drained.exit_code, 1);
  EXPECT_EQ(drained.err, "siphonctl: the queue is paused: resume it first\n");
  EXPECT_THAT(Ask({"resume", "ms_public"}).out, HasSubstr("running"));
  EXPECT_EQ(Ask({"drain", "ms_public", "--timeout", "2s"}).exit_code, 0);
}

TEST_F(SiphonctlTest, InjectsFaultsAndTakesThemBack) {
  const auto partition = Ask({"fault", "partition", "ms_public", "osd.7"});
  EXPECT_EQ(partition.exit_code, 0) << partition.err;
  EXPECT_EQ(partition.out, "ms_public: as ordered\n");
  Ask({"fault", "pause", "ms_public", "v1:127.0.0.1:6801/0"});
  Ask({"fault", "heal", "ms_public"});
  Ask({"fault", "resume", "ms_public", "osd.7"});
  ASSERT_EQ(messenger_.faults.size(), 4u);
  using Kind = FaultInjection::Kind;
  const auto expect = [this](size_t i, Kind kind, const std::string& peer) {
    EXPECT_EQ(messenger_.faults[i].kind, kind);
    EXPECT_EQ(messenger_.faults[i].peer, peer);
  };
  expect(0, Kind::kPartition, "osd.7");
  expect(1, Kind::kPauseReading, "v1:127.0.0.1:6801/0");
  expect(2, Kind::kHeal, "");
  expect(3, Kind::kResumeReading, "osd.7");
  const auto nobody = Ask({"fault", "partition", "ms_public"});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.err, HasSubstr("fault partition: takes MESSENGER PEER, not \"ms_public\""));
  messenger_.fault_result = absl::NotFoundError("ms_public has no connection with osd.9");
  const auto absent = Ask({"fault", "pause", "ms_public", "osd.9"});
  EXPECT_EQ(absent.exit_code, 1);
  EXPECT_EQ(absent.err, "siphonctl: ms_public has no connection with osd.9\n");
}

TEST_F(SiphonctlTest, SetsOptions) {
  const auto set = Ask({"option", "set", "ms-tcp-nodelay", "off"});
  EXPECT_EQ(set.exit_code, 0) << set.err;
  EXPECT_THAT(set.out, StartsWith("ms_tcp_nodelay = false\n  from admin port"));
  EXPECT_FALSE(config_.GetBool("ms_tcp_nodelay"));
  EXPECT_THAT(Ask({"option", "list", "--changed"}).out,
              AllOf(HasSubstr("ms_tcp_nodelay"), Not(HasSubstr("ms_type"))));
  const auto refused = Ask({"option", "set", "ms_type", "async+posix"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("read at the start only"));
}

TEST_F(SiphonctlTest, WatchesAsOftenAsAskedFor) {
  const auto json = Ask({"watch", "--interval", "10ms", "--count", "3", "--format", "json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 3);
  EXPECT_THAT(json.out, StartsWith("{\"when\": \""));
  EXPECT_THAT(Ask({"watch", "ms_public", "--interval=10ms", "--count=2"}).out,
              HasSubstr("MSGS IN/s"));
}

TEST_F(SiphonctlTest, AWatchEndsWhenTheDaemonStops) {
  ChildProcess watch({"admin/siphonctl", "--admin", address_, "watch", "--interval", "1h"});
  ASSERT_TRUE(watch.AwaitOutput("ms_public"));
  server_->Stop();
  const auto result = watch.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("ended the watch"));
}

TEST_F(SiphonctlTest, AFailureIsExitCodeOneWithTheDaemonsMessage) {
  const auto unknown = Ask({"connections", "ms_x"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.err, "siphonctl: osd.3 has no messenger ms_x; it has ms_public\n");
  const auto absent = Ctl({"--admin", "unix:" + dir_.Path("none.sock"), "messengers"});
  EXPECT_EQ(absent.exit_code, 1);
  EXPECT_THAT(absent.err, HasSubstr("no daemon answers at unix:" + dir_.Path("none.sock")));
}

TEST_F(SiphonctlTest, WrongUsageIsExitCodeTwoWithTheReason) {
  const auto check = [](std::vector<std::string> args, const std::string& reason) {
    const auto result = Ctl(args);
    EXPECT_EQ(result.exit_code, 2) << reason;
    EXPECT_THAT(result.err, HasSubstr(reason));
  };
  check({}, "a command is missing");
  check({"dance"}, "there is no command \"dance\"");
  check({"messengers"}, "--admin: is missing");
  check({"pause", "-a", "unix:x"}, "pause: takes MESSENGER, not nothing");
  check({"queues", "a", "b", "-a", "unix:x"}, "queues: takes [MESSENGER], not \"a b\"");
  check({"queues", "--count", "3", "-a", "unix:x"}, "--count: there is no such flag");
  check({"queues", "-a", "10.0.0.1:99"}, "is not a loopback address");
  check({"queues", "-a", "unix:x", "--format", "xml"}, "--format: \"xml\" is none");
}

TEST_F(SiphonctlTest, HelpTeachesThePartThatIsAskedFor) {
  const auto whole = Ctl({"--help"});
  EXPECT_EQ(whole.exit_code, 0);
  EXPECT_THAT(whole.out, AllOf(HasSubstr("option set NAME VALUE"), HasSubstr("Examples"),
                               HasSubstr("--interval DURATION")));
  const std::string part = Ctl({"connections", "--help"}).out;
  EXPECT_THAT(part, AllOf(HasSubstr("connections [MESSENGER]"), HasSubstr("UNACKED"),
                          Not(HasSubstr("--interval"))));
  EXPECT_EQ(Ctl({"help", "connections"}).out, part);
  EXPECT_EQ(Ctl({"--version"}).out, "siphonctl (Siphon) 0.1.0\n");
}

}  // namespace
}  // namespace siphon
