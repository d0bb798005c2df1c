#include "services/common/pid_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "testing/process/child_process.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class PidFileTest : public testing::Test {
 protected:
  ShortTempDir dir_;
  const std::string path_ = dir_.Path("osd.3.pid");
};

TEST_F(PidFileTest, HoldsTheProcessIdAndNothingElseIsLeftBeside) {
  const auto file = PidFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(ReadFile(path_), absl::StrCat(getpid(), "\n"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path()), {}), 1);
}

TEST_F(PidFileTest, IsRemovedAtTheEnd) {
  {
    const auto file = PidFile::Create(path_);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(PidFileTest, RefusesASecondHolderByName) {
  const auto first = PidFile::Create(path_);
  const auto second = PidFile::Create(path_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrCat("belongs to process ", getpid())));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(PidFileTest, ReplacesTheFileOfAProcessThatCrashed) {
  WriteFile(path_, "123456\n");
  const auto file = PidFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(ReadFile(path_), absl::StrCat(getpid(), "\n"));
}

TEST_F(PidFileTest, LeavesAloneAFileThatIsAnothersByNow) {
  {
    const auto file = PidFile::Create(path_);
    std::filesystem::remove(path_);
    WriteFile(path_, "other\n");
  }
  EXPECT_EQ(ReadFile(path_), "other\n");
}

TEST_F(PidFileTest, SaysWhichFolderIsMissing) {
  const auto file = PidFile::Create(dir_.Path("none/x.pid"));
  EXPECT_EQ(file.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(file.status().message()), HasSubstr(dir_.Path("none/x.pid")));
}

}  // namespace
}  // namespace siphon
