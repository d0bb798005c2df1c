// A whole monitor on a loopback port, asked by Debian's `ceph` 16.2; needs the package ceph-common.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/config.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "msg/message_registry.h"
#include "msg/ping.h"
#include "net/network_stack.h"
#include "nlohmann/json.hpp"
#include "services/common/start_network_stack.h"
#include "services/mon/monitor.h"
#include "services/mon/state/mon_fixture.h"
#include "services/rados/messages/register.h"

namespace siphon::mon {
namespace {

class RealCephCliTest : public ::testing::Test {
 protected:
  RealCephCliTest() {
    for (const char* option :
         {"auth_client_required", "auth_cluster_required", "auth_service_required"})
      EXPECT_TRUE(config_.Set(option, "none", Config::Source::kFile).ok());
    registry_.Register<MPing>();
    rados::RegisterRadosMessages(&registry_);
    stack_ = *StartNetworkStack(config_);
    Start(0);
  }
  ~RealCephCliTest() override {
    monitor_.reset();
    stack_->Stop();
  }

  void Start(int port) {
    monitor_.reset();
    Monitor::Options options;
    options.core.folder = folder_.path() + "/mon";
    options.core.config = &config_;
    options.addrs = *EntityAddrVec::Parse(absl::StrCat("v1:127.0.0.1:", port));
    options.stack = stack_.get();
    options.registry = &registry_;
    auto monitor = Monitor::Start(std::move(options));
    ASSERT_TRUE(monitor.ok()) << monitor.status();
    monitor_ = *std::move(monitor);
    std::ofstream(folder_.path() + "/ceph.conf")
        << "[global]\nmon_host = [" << monitor_->messenger()->addrs().legacy().ToString()
        << "]\nauth_client_required = none\nauth_cluster_required = none\n"
           "auth_service_required = none\nkeyring = /dev/null\nlog_file = /dev/null\n"
           "admin_socket = "
        << folder_.path() << "/$pid.asok\n";
  }

  // What `ceph` prints, on either stream; its exit code goes to `code`.
  std::string Ceph(const std::string& arguments, int expected_code = 0) {
    FILE* pipe =
        popen(absl::StrCat("timeout 30 ceph -c ", folder_.path(), "/ceph.conf ", arguments, " 2>&1")
                  .c_str(),
              "r");
    std::string out;
    char buffer[4096];
    size_t n;
    while (pipe && (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0) out.append(buffer, n);
    EXPECT_EQ(pipe ? WEXITSTATUS(pclose(pipe)) : -1, expected_code) << arguments << "\n" << out;
    return out;
  }

  TempFolder folder_;
  Config config_;
  MessageRegistry registry_;
  std::unique_ptr<NetworkStack> stack_;
  std::unique_ptr<Monitor> monitor_;
};

TEST_F(RealCephCliTest, TheRealProgramRunsACluster) {
  EXPECT_EQ(Ceph("fsid"), monitor_->core().fsid().ToString() + "\n");
  EXPECT_NE(Ceph("mon dump").find("0: v1:127.0.0.1:"), std::string::npos);
  EXPECT_EQ(Ceph("osd pool create odd 12"), "pool 'odd' created\n");
  EXPECT_EQ(Ceph("osd pool ls"), "odd\n");
  EXPECT_EQ(Ceph("osd new 12345678-9abc-def0-1234-56789abcdef0"), "0\n");
  Ceph("osd crush create-or-move osd.0 1.5 root=default host=box");
  EXPECT_NE(Ceph("osd tree").find(" 0         1.50000          osd.0    down   1.00000"),
            std::string::npos);
  EXPECT_NE(Ceph("status").find("health: HEALTH_WARN"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(Ceph("osd dump -f json"), nullptr, false)["pools"][0]["pg_num"],
            12);
  // What it refuses by itself, from our descriptions, and what the monitor refuses.
  EXPECT_NE(Ceph("osd pool create", 22).find("missing required parameter pool"), std::string::npos);
  EXPECT_NE(Ceph("osd crush create-or-move osd.0 heavy host=box", 22).find("heavy"),
            std::string::npos);
  EXPECT_NE(Ceph("osd pool rm odd odd --yes-i-really-really-mean-it", 1).find("EPERM"),
            std::string::npos);
  EXPECT_NE(Ceph("osd find 9", 2).find("ENOENT"), std::string::npos);
}

TEST_F(RealCephCliTest, TheMapsItFetchesFitTheRealTools) {
  Ceph("osd pool create p 8");
  for (const char* tool :
       {"osd getmap -o m && osdmaptool --print m", "mon getmap -o m && monmaptool --print m",
        "osd getcrushmap -o m && crushtool -d m -o text"}) {
    std::string command = tool;
    for (size_t at = command.find(" m"); at != std::string::npos; at = command.find(" m", at + 2))
      if (at + 2 == command.size() || command[at + 2] == ' ')
        command.replace(at, 2, " " + folder_.path() + "/m");
    if (command.ends_with("text")) command.replace(command.size() - 4, 4, folder_.path() + "/text");
    Ceph(command);
  }
}

TEST_F(RealCephCliTest, AClientFindsTheSameClusterAfterARestart) {
  Ceph("osd pool create p 8");
  const std::string before = Ceph("osd dump");
  Start(monitor_->messenger()->addrs().legacy().port());
  EXPECT_EQ(Ceph("osd dump"), before);
}

}  // namespace
}  // namespace siphon::mon
