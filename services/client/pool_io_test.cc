#include "services/client/pool_io.h"

#include <cerrno>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/pool_io_fixture.h"

namespace siphon::client {
namespace {

using PoolIoTest = PoolIoFixture;
using ::testing::HasSubstr;

TEST_F(PoolIoTest, WritesAppendsTruncatesAndReadsBack) {
  EXPECT_TRUE(io_.Create("a", /*exclusive=*/true).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(io_.Create("a", /*exclusive=*/true)));
  EXPECT_TRUE(io_.WriteFull("a", BufferList::CopyOf("hello")).ok());
  EXPECT_TRUE(io_.Append("a", BufferList::CopyOf(" world")).ok());
  EXPECT_TRUE(io_.Write("a", 0, BufferList::CopyOf("J")).ok());
  EXPECT_TRUE(io_.Truncate("a", 8).ok());
  EXPECT_EQ(io_.Read("a", 0, 100)->ToString(), "Jello wo");
  EXPECT_EQ(io_.Read("a", 6, 1)->ToString(), "w");
  EXPECT_TRUE(io_.Remove("a").ok());
}

TEST_F(PoolIoTest, StatTellsSizeAndTime) {
  ASSERT_TRUE(io_.WriteFull("a", BufferList::CopyOf("12345")).ok());
  const absl::StatusOr<ObjectStat> stat = io_.Stat("a");
  ASSERT_TRUE(stat.ok());
  EXPECT_EQ(stat->size, 5u);
  EXPECT_EQ(stat->modified, FakeOsd::kModified);
}

TEST_F(PoolIoTest, SaysWhichObjectAnErrorIsAbout) {
  const absl::Status status = io_.Remove("nowhere");
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("p1/nowhere"));
  OnOsd([](FakeOsd& osd) { osd.fail_with = -EACCES; });
  EXPECT_TRUE(absl::IsPermissionDenied(io_.Read("a", 0, 1).status()));
}

TEST(DecodeStatTest, RefusesWhatIsTooShort) {
  EXPECT_FALSE(DecodeStat(BufferList::CopyOf("short")).ok());
}

}  // namespace
}  // namespace siphon::client
