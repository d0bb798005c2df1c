#include "msg/auth/cephx/secret_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "glog/logging.h"

namespace siphon::cephx {
namespace {

int ModeOf(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : -1;
}

class SecretFileTest : public ::testing::Test {
 protected:
  const std::string path_ = ::testing::TempDir() + "/secret";
};

TEST_F(SecretFileTest, IsReadableByItsOwnerAloneWhateverWasThere) {
  std::ofstream(path_) << "open to all";
  chmod(path_.c_str(), 0666);
  std::ofstream(path_ + ".new") << "left behind";
  const mode_t before = umask(0);
  EXPECT_TRUE(WriteSecretFile(path_, "hidden").ok());
  umask(before);
  EXPECT_EQ(ModeOf(path_), 0600);
  EXPECT_EQ(*ReadSecretFile(path_, 100), "hidden");
  EXPECT_EQ(ModeOf(path_ + ".new"), -1);
}

TEST_F(SecretFileTest, DoesNotFollowALinkThatSomebodyPutInTheWay) {
  const std::string victim = path_ + ".victim";
  std::ofstream(victim) << "mine";
  ASSERT_EQ(symlink(victim.c_str(), (path_ + ".new").c_str()), 0);
  EXPECT_TRUE(WriteSecretFile(path_, "hidden").ok());
  EXPECT_EQ(*ReadSecretFile(victim, 100), "mine");
}

TEST_F(SecretFileTest, SaysWhatIsWrong) {
  EXPECT_TRUE(absl::IsNotFound(ReadSecretFile(path_ + ".none", 100).status()));
  EXPECT_TRUE(absl::IsNotFound(WriteSecretFile(path_ + ".none/x", "")));
  ASSERT_TRUE(WriteSecretFile(path_, "12345").ok());
  EXPECT_TRUE(absl::IsOutOfRange(ReadSecretFile(path_, 4).status()));
  EXPECT_TRUE(ReadSecretFile(path_, 5).ok());
}

class Lines final : public google::LogSink {
 public:
  Lines() { google::AddLogSink(this); }
  ~Lines() override { google::RemoveLogSink(this); }
  void send(google::LogSeverity, const char*, const char*, int, const google::LogMessageTime&,
            const char* message, size_t size) override {
    text.append(message, size);
  }
  std::string text;
};

TEST_F(SecretFileTest, WarnsOfAFileThatAnybodyMayRead) {
  ASSERT_TRUE(WriteSecretFile(path_, "hidden").ok());
  Lines lines;
  for (const mode_t mode : {0600, 0640}) {
    chmod(path_.c_str(), mode);
    EXPECT_TRUE(ReadSecretFile(path_, 100).ok());
  }
  EXPECT_EQ(lines.text, "");
  chmod(path_.c_str(), 0644);
  EXPECT_EQ(*ReadSecretFile(path_, 100), "hidden");
  EXPECT_THAT(lines.text, ::testing::HasSubstr("lets any user read it: chmod 600 " + path_));
}

TEST_F(SecretFileTest, WipesBytesInPlace) {
  std::string secret(100, 's');
  const char* bytes = secret.data();
  WipeSecret(&secret);
  EXPECT_EQ(secret, "");
  EXPECT_EQ(std::string(bytes + 1, 99).find('s'), std::string::npos);
}

}  // namespace
}  // namespace siphon::cephx
