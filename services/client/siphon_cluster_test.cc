// The program against a cluster of siphon-mon and siphon-osd: files in and out, and commands.
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/process/child_process.h"

namespace siphon::client {
namespace {

using ::testing::HasSubstr;

class SiphonClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Other tests may run on this machine: the monitor takes the first port that is free.
    ChildProcess::Result mon;
    for (int attempt = 0; attempt < 100; ++attempt) {
      WriteConf(20300 + (getpid() + attempt) % 100);
      mon = ChildProcess::Run({"services/mon/siphon-mon", "-c", Path("ceph.conf"), "--id", "a"});
      if (mon.err.find("Address already in use") == std::string::npos) break;
    }
    ASSERT_EQ(mon.exit_code, 0) << mon.err;
    StartOsd("0");
    StartOsd("1");
  }
  void TearDown() override {
    for (const char* name : {"osd.0", "osd.1", "mon.a"}) Stop(name);
  }

  std::string Path(const std::string& name) { return dir_.path() + "/" + name; }
  void WriteConf(int mon_port) {
    std::ofstream conf(Path("ceph.conf"));
    conf << "[global]\n"
         << "mon_host = [v1:127.0.0.1:" << mon_port << "]\n"
         << "mon_data = " << Path("mon") << mon_port << "\n"
         << "run_dir = " << Path("") << "\n"
         << "pid_file = " << Path("$name.pid") << "\n"
         << "log_file = " << Path("$name.log") << "\n"
         << "osd_data = " << Path("osd$id") << "\n"
         << "auth_cluster_required = none\nauth_service_required = none\n"
         << "auth_client_required = none\n"
         << "ms_bind_port_min = 20400\nms_bind_port_max = 20600\n"
         << "ms_bind_retry_count = 0\n";
  }
  void StartOsd(const std::string& id) {
    const ChildProcess::Result result =
        ChildProcess::Run({"services/osd/siphon-osd", "-c", Path("ceph.conf"), "--id", id});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  void Stop(const std::string& name) {
    pid_t pid = 0;
    std::ifstream(Path(name + ".pid")) >> pid;
    if (pid <= 0) return;
    // It is no child of ours: a descriptor tells its end.
    const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    kill(pid, SIGTERM);
    pollfd ended = {process, POLLIN, 0};
    EXPECT_EQ(poll(&ended, 1, /*milliseconds=*/20000), 1) << name << " does not end";
    close(process);
  }
  ChildProcess::Result Siphon(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"services/client/siphon", "-c", Path("ceph.conf")});
    return ChildProcess::Run(arguments);
  }
  void WriteFile(const std::string& name, size_t size) {
    std::string bytes(size, '\0');
    uint32_t state = static_cast<uint32_t>(size) + 1;
    for (char& c : bytes) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    std::ofstream(Path(name), std::ios::binary) << bytes;
  }
  std::string ReadFile(const std::string& name) {
    std::ifstream file(Path(name), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }

  ShortTempDir dir_;
};

TEST_F(SiphonClusterTest, FilesOfAnySizeComeBackAsTheyWere) {
  ASSERT_EQ(Siphon({"osd", "pool", "create", "data", "8"}).exit_code, 0);
  for (const size_t size : {0, 1, 4096, 4 << 20, (9 << 20) + 1}) {
    SCOPED_TRACE(size);
    WriteFile("in", size);
    ChildProcess::Result result = Siphon({"-p", "data", "put", "object", Path("in")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    result = Siphon({"-p", "data", "get", "object", Path("out")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(ReadFile("in") == ReadFile("out"));
    EXPECT_THAT(Siphon({"-p", "data", "-f", "json", "stat", "object"}).out,
                HasSubstr("\"size\":" + std::to_string(size)));
  }
  EXPECT_EQ(Siphon({"-p", "data", "ls"}).out, "object\n");
  EXPECT_EQ(Siphon({"-p", "data", "rm", "object"}).exit_code, 0);
  EXPECT_EQ(Siphon({"-p", "data", "ls"}).out, "");
  const ChildProcess::Result gone = Siphon({"-p", "data", "get", "object", Path("none")});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_EQ(gone.err, "siphon: get data/object: no such object\n");
}

TEST_F(SiphonClusterTest, CommandsAnswerInPlainAndJson) {
  EXPECT_THAT(Siphon({"status"}).out, HasSubstr("2 osds: 2 up"));
  EXPECT_THAT(Siphon({"mon", "dump"}).out, HasSubstr("mon.a"));
  EXPECT_THAT(Siphon({"osd", "tree", "-f", "json"}).out, HasSubstr("\"osd.1\""));
  EXPECT_THAT(Siphon({"-p", "nowhere", "ls"}).err, HasSubstr("pool \"nowhere\" does not exist"));
  const ChildProcess::Result unknown = Siphon({"command", R"({"prefix":"no such command"})"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("siphon: command: "));
}

TEST_F(SiphonClusterTest, BenchWritesAndReads) {
  ASSERT_EQ(Siphon({"osd", "pool", "create", "data", "8"}).exit_code, 0);
  const ChildProcess::Result written =
      Siphon({"-p", "data", "bench", "1", "write", "-b", "4096", "-t", "4", "--no-cleanup"});
  EXPECT_EQ(written.exit_code, 0) << written.err;
  EXPECT_THAT(written.out, HasSubstr("(0 failed) of 4.0 KiB"));
  const ChildProcess::Result read = Siphon({"-p", "data", "bench", "1", "rand", "-f", "json"});
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_THAT(read.out, HasSubstr("\"errors\":0"));
}

}  // namespace
}  // namespace siphon::client
