#include "services/osd/request_log.h"

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

}  // namespace
}  // namespace siphon::osd
