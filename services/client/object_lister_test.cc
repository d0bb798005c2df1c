#include "services/client/object_lister.h"

#include <cerrno>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "services/client/pool_io_fixture.h"

namespace siphon::client {
namespace {

using ObjectListerTest = PoolIoFixture;

TEST_F(ObjectListerTest, ListsEveryObjectOnceOverManyPages) {
  OnOsd([](FakeOsd& osd) { osd.page_entries = 7; });
  std::set<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    expected.insert("object" + std::to_string(i));
    ASSERT_TRUE(io_.Create("object" + std::to_string(i), true).ok());
  }
  ObjectLister lister(io_);
  std::multiset<std::string> listed;
  int pages = 0;
  for (; !lister.done(); ++pages) {
    const auto page = lister.Next();
    ASSERT_TRUE(page.ok()) << page.status();
    for (const ObjectLister::Entry& entry : *page) listed.insert(entry.oid);
  }
  EXPECT_EQ(pages, 8);
  EXPECT_EQ(listed, std::multiset<std::string>(expected.begin(), expected.end()));
}

TEST_F(ObjectListerTest, AnEmptyPoolIsOneEmptyPage) {
  ObjectLister lister(io_);
  const auto page = lister.Next();
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->empty());
  EXPECT_TRUE(lister.done());
}

TEST_F(ObjectListerTest, StopsWhenAnOsdDoesNotMoveOn) {
  OnOsd([](FakeOsd& osd) { osd.page_entries = 0; });
  ASSERT_TRUE(io_.Create("a", true).ok());
  ObjectLister lister(io_);
  absl::Status status;
  for (int i = 0; i < 3 && status.ok(); ++i) status = lister.Next().status();
  EXPECT_TRUE(absl::IsInternal(status)) << status;
}

TEST_F(ObjectListerTest, PassesAnErrorOn) {
  OnOsd([](FakeOsd& osd) { osd.fail_with = -EPERM; });
  ObjectLister lister(io_);
  EXPECT_TRUE(absl::IsPermissionDenied(lister.Next().status()));
}

}  // namespace
}  // namespace siphon::client
