#include "services/osd/pg/request_log.h"

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

rados::OsdReqId Id(uint64_t tid) { return {{kEntityClient, 1}, tid, 0}; }

TEST(RequestLogTest, RemembersTheLastOnesAndForgetsTheOldest) {
  RequestLog log;
  for (uint64_t tid = 0; tid < RequestLog::kMaxEntries + 10; ++tid) {
    log.Add(Id(tid), {{1, tid}, tid, 0});
  }
  EXPECT_EQ(log.size(), RequestLog::kMaxEntries);
  EXPECT_EQ(log.Find(Id(9)), nullptr);
  ASSERT_NE(log.Find(Id(10)), nullptr);
  EXPECT_EQ(log.Find(Id(10))->user_version, 10u);
}

TEST(RequestLogTest, ARequestAddedTwiceTakesOnePlace) {
  RequestLog log;
  log.Add(Id(1), {{}, 0, -2});
  log.Add(Id(1), {{1, 5}, 5, 0});
  EXPECT_EQ(log.size(), 1u);
  EXPECT_EQ(log.Find(Id(1))->result, 0);
}

TEST(RequestLogTest, ComesBackFromItsNotesInTheSameOrder) {
  RequestLog log;
  KeyValues notes;
  for (uint64_t tid = 0; tid < RequestLog::kMaxEntries + 10; ++tid) {
    const RequestLog::Entry entry{{1, tid}, tid + 1, tid % 2 == 0 ? 0 : -2};
    for (const auto& [name, bytes] : log.NoteOf(Id(tid), entry)) notes[name] = bytes;
    log.Add(Id(tid), entry);
  }
  EXPECT_EQ(notes.size(), RequestLog::kMaxEntries);
  notes["versions"] = BufferList::CopyOf("another's");
  RequestLog again;
  ASSERT_TRUE(again.Load(notes).ok());
  EXPECT_EQ(again.size(), RequestLog::kMaxEntries);
  EXPECT_EQ(again.Find(Id(9)), nullptr);
  ASSERT_NE(again.Find(Id(11)), nullptr);
  EXPECT_EQ(again.Find(Id(11))->user_version, 12u);
  EXPECT_EQ(again.Find(Id(11))->version, (rados::EVersion{1, 11}));
  EXPECT_EQ(again.Find(Id(11))->result, -2);
  // The next one takes the oldest one's place.
  const RequestLog::Entry next{{1, 5000}, 5000, 0};
  EXPECT_EQ(again.NoteOf(Id(5000), next).begin()->first, log.NoteOf(Id(10), next).begin()->first);
  again.Add(Id(5000), next);
  EXPECT_EQ(again.Find(Id(10)), nullptr);
  EXPECT_NE(again.Find(Id(11)), nullptr);
}

TEST(RequestLogTest, ANoteThatIsNoEntryIsRefused) {
  RequestLog log;
  EXPECT_EQ(log.Load({{"log.0001", BufferList::CopyOf("x")}}).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace siphon::osd
