#include "services/osd/store/folder_lock.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

TEST(FolderLockTest, LetsOneInAtATime) {
  char name[] = "/tmp/folder_lock_XXXXXX";
  const std::string folder = mkdtemp(name);
  {
    std::optional<FolderLock> first = FolderLock::Take(folder).value();
    EXPECT_EQ(FolderLock::Take(folder).status().code(), absl::StatusCode::kFailedPrecondition);
    FolderLock moved = *std::move(first);
    first.reset();
    EXPECT_FALSE(FolderLock::Take(folder).ok());
  }
  EXPECT_TRUE(FolderLock::Take(folder).ok());
  std::filesystem::remove_all(folder);
}

TEST(FolderLockTest, NoFolderNeedsNoLock) {
  EXPECT_TRUE(FolderLock::Take("").ok());
  EXPECT_FALSE(FolderLock::Take("/nowhere/at/all").ok());
}

}  // namespace
}  // namespace siphon::osd
