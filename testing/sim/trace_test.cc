#include "testing/sim/trace.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TraceTest, WritesNumbersIntoTheWords) {
  SimClock clock;
  Trace trace(&clock, false);
  trace.Add(2, "sends $1 on $0", 7, 8);
  EXPECT_THAT(trace.Text(), HasSubstr("node 2  sends 8 on 7\n"));
}

TEST(TraceTest, TheHashTellsRunsApart) {
  SimClock clock;
  Trace a(&clock, false), b(&clock, false), c(&clock, false);
  a.Add(1, "x $0", 1);
  b.Add(1, "x $0", 1);
  c.Add(1, "x $0", 2);
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_NE(a.hash(), c.hash());
}

TEST(TraceTest, KeepsTheLastLines) {
  SimClock clock;
  Trace trace(&clock, false);
  for (uint64_t i = 0; i < Trace::kLines + 5; ++i) trace.Add(-1, "line <$0>", i);
  EXPECT_THAT(trace.Text(), Not(HasSubstr("<4>")));
  EXPECT_THAT(trace.Text(), HasSubstr("<5>"));
  EXPECT_THAT(trace.Text(), HasSubstr("5 lines before these"));
}

}  // namespace
}  // namespace siphon
