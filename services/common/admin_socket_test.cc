#include "services/common/admin_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class AdminSocketTest : public testing::Test {
 protected:
  AdminSocketTest() {
    std::string folder = "/tmp/admin_socket.XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    path_ = folder + "/osd.0.asok";
    auto opened = AdminSocket::Open(path_, [](const CommandArgs& args) {
      if (args.prefix() == "long") return CommandResult::Output(std::string(3 << 20, 'x'));
      if (args.prefix() == "fail")
        return CommandResult::Error(absl::NotFoundError("there is no such thing"));
      return CommandResult::OutputJson(args, {{"prefix", args.prefix()}});
    });
    EXPECT_TRUE(opened.ok()) << opened.status();
    socket_ = *std::move(opened);
  }
  ~AdminSocketTest() override {
    socket_.reset();
    EXPECT_FALSE(std::filesystem::exists(path_)) << "it is left behind";
    std::filesystem::remove_all(folder_);
  }

  int Connect() {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un addr = {};
    addr.sun_family = AF_UNIX;
    std::memcpy(addr.sun_path, path_.data(), path_.size());
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&addr), sizeof(addr)), 0);
    return fd;
  }
  // All that comes back to `request`, which is sent in pieces of `piece` bytes.
  std::string Say(std::string_view request, size_t piece = 1 << 20) {
    const int fd = Connect();
    for (size_t at = 0; at < request.size(); at += piece) {
      const std::string_view part = request.substr(at, piece);
      EXPECT_EQ(send(fd, part.data(), part.size(), MSG_NOSIGNAL),
                static_cast<ssize_t>(part.size()));
    }
    shutdown(fd, SHUT_WR);
    std::string all;
    char chunk[65536];
    ssize_t n;
    while ((n = recv(fd, chunk, sizeof(chunk), 0)) > 0) all.append(chunk, static_cast<size_t>(n));
    close(fd);
    return all;
  }
  // The answer without its length, which is checked.
  std::string Ask(std::string_view request, size_t piece = 1 << 20) {
    const std::string all = Say(request, piece);
    if (all.size() < 4) return "nothing";
    uint32_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<uint8_t>(all[i]);
    EXPECT_EQ(size, all.size() - 4);
    return all.substr(4);
  }

  std::string folder_, path_;
  std::unique_ptr<AdminSocket> socket_;
};

TEST_F(AdminSocketTest, AnswersACommandThatEndsInAZeroOrALine) {
  const std::string pretty = "{\n    \"prefix\": \"perf dump\"\n}\n";
  EXPECT_EQ(Ask(std::string("{\"prefix\": \"perf dump\"}") + '\0'), pretty);
  EXPECT_EQ(Ask("{\"prefix\": \"perf dump\"}\n"), pretty);
  EXPECT_EQ(Ask("{\"prefix\": \"perf dump\"}\n", /*piece=*/1), pretty) << "byte by byte";
  EXPECT_THAT(Ask("{\"prefix\": \"version\", \"format\": \"json\"}\n"),
              StartsWith("{\"prefix\":\"version\"}"));
}

TEST_F(AdminSocketTest, TellsTheProtocolsVersionInBothForms) {
  EXPECT_EQ(Ask(std::string_view("\0\0\0\0", 4)), "2");
  EXPECT_EQ(Ask("{\"prefix\": \"0\"}\n"), "2");
}

TEST_F(AdminSocketTest, AnErrorIsPartOfTheAnswer) {
  EXPECT_EQ(Ask("{\"prefix\": \"fail\"}\n"),
            "ERROR: (2) No such file or directory\nthere is no such thing\n");
  EXPECT_THAT(Ask("{\"prefix\": \n"), StartsWith("ERROR: (22) Invalid argument\n"));
  EXPECT_THAT(Ask("perf dump\n"), HasSubstr("ERROR: (22)"));
}

TEST_F(AdminSocketTest, ALongAnswerArrivesWhole) {
  EXPECT_EQ(Ask("{\"prefix\": \"long\"}\n").size(), 3u << 20);
}

TEST_F(AdminSocketTest, WhoSaysNothingOrTooMuchGetsNothingAndHarmsNobody) {
  EXPECT_EQ(Say(""), "");
  EXPECT_EQ(Say("{\"prefix\": \"version\""), "");
  EXPECT_EQ(Say(std::string_view("\0\0", 2)), "");
  const int fd = Connect();
  const std::string much(80 << 10, 'x');
  send(fd, much.data(), much.size(), MSG_NOSIGNAL);  // may be cut off
  close(fd);
  EXPECT_THAT(Ask("{\"prefix\": \"version\"}\n"), HasSubstr("version"));
}

TEST_F(AdminSocketTest, IsItsOwnersAlone) {
  struct stat there;
  ASSERT_EQ(stat(path_.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777, 0600u);
  EXPECT_TRUE(absl::IsAlreadyExists(AdminSocket::Open(path_, nullptr).status()));
}

}  // namespace
}  // namespace siphon
