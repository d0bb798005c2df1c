#include "services/mon/state/cluster_log.h"

#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"

namespace siphon::mon {
namespace {

using rados::LogEntry;

TEST(ClusterLogTest, GivesTheLastEntriesOfAChannelFromAPriorityOn) {
  FakeClock clock;
  ClusterLog log(&clock, "a");
  log.Tell(LogEntry::kDebug, "map");
  log.Tell(LogEntry::kInfo, "boot");
  log.Tell(LogEntry::kInfo, "command", "audit");
  log.Tell(LogEntry::kWarning, "down");
  ASSERT_EQ(log.Last(10, LogEntry::kInfo, "cluster").size(), 2u);
  EXPECT_EQ(log.Last(1, LogEntry::kInfo, "cluster")[0].message, "down");
  EXPECT_EQ(log.Last(10, LogEntry::kDebug, "*").size(), 4u);
  EXPECT_EQ(log.Last(10, LogEntry::kDebug, "audit").size(), 1u);
  const std::string line = LogLine(log.Last(1, LogEntry::kDebug, "cluster")[0]);
  EXPECT_NE(line.find(" mon.a (mon.0) 4 : cluster [WRN] down"), std::string::npos) << line;
}

TEST(ClusterLogTest, SubscribersGoOnWhereTheyWere) {
  FakeClock clock;
  ClusterLog log(&clock, "a");
  for (int i = 0; i < 3; ++i) log.Tell(LogEntry::kInfo, std::to_string(i));
  const uint64_t seen = log.last();
  EXPECT_TRUE(log.Since(seen, LogEntry::kDebug).empty());
  log.Tell(LogEntry::kDebug, "detail");
  log.Tell(LogEntry::kError, "trouble");
  ASSERT_EQ(log.Since(seen, LogEntry::kWarning).size(), 1u);
  EXPECT_EQ(log.Since(seen, LogEntry::kWarning)[0].message, "trouble");
}

TEST(ClusterLogTest, IsBounded) {
  FakeClock clock;
  ClusterLog log(&clock, "a");
  for (size_t i = 0; i < ClusterLog::kKept + 50; ++i)
    log.Tell(LogEntry::kInfo, std::string(10'000, 'x'));
  const auto all = log.Since(0, LogEntry::kDebug);
  EXPECT_EQ(all.size(), ClusterLog::kKept);
  EXPECT_EQ(all.back().message.size(), ClusterLog::kMaxBytes);
  EXPECT_EQ(log.last(), ClusterLog::kKept + 50);
}

}  // namespace
}  // namespace siphon::mon
