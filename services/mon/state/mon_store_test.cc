#include "services/mon/state/mon_store.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

TEST(MonStoreTest, KeepsWhatWasCommittedOverAReopening) {
  TempFolder folder;
  {
    auto store = MonStore::Open(folder.path());
    ASSERT_TRUE(store.ok()) << store.status();
    MonStore::Batch batch;
    batch.Put("a", "x", std::string("1\0", 2));
    batch.Put("a", "y", "2");
    batch.Put("ab", "x", "3");
    ASSERT_TRUE((*store)->Commit(batch).ok());
    MonStore::Batch second;
    second.Delete("a", "y");
    ASSERT_TRUE((*store)->Commit(second).ok());
  }
  auto store = MonStore::Open(folder.path());
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(**(*store)->Get("a", "x"), std::string("1\0", 2));
  EXPECT_FALSE((*store)->Get("a", "y")->has_value());
  EXPECT_EQ(*(*store)->Keys("a"), std::vector<std::string>{"x"});
  EXPECT_EQ(*(*store)->Keys("ab"), std::vector<std::string>{"x"});
}

TEST(MonStoreTest, IsForItsOwnerAloneWhateverItWas) {
  namespace fs = std::filesystem;
  TempFolder folder;
  const std::string database = folder.path() + "/store.db";
  for (const fs::perms before : {fs::perms::none, fs::perms::all}) {
    if (before != fs::perms::none) fs::permissions(database, before);
    ASSERT_TRUE(MonStore::Open(folder.path()).ok());
    EXPECT_EQ(fs::status(database).permissions(), fs::perms::owner_all);
  }
}

TEST(MonStoreTest, RefusesASecondOpening) {
  TempFolder folder;
  const auto first = MonStore::Open(folder.path());
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(MonStore::Open(folder.path()).status().code(), absl::StatusCode::kUnavailable);
}

TEST(MonStoreTest, SaysWhichFolderCannotBeMade) {
  const absl::Status status = MonStore::Open("/proc/none/here").status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.ToString().find("/proc/none/here"), std::string::npos);
}

TEST(MonStoreTest, OrdersEpochsByNumber) {
  EXPECT_LT(MonStore::EpochKey(9), MonStore::EpochKey(10));
  EXPECT_LT(MonStore::EpochKey(999999999), MonStore::EpochKey(4294967295u));
}

}  // namespace
}  // namespace siphon::mon
