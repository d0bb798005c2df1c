#include "services/osd/slow_op_monitor.h"

#include "base/config.h"
#include "gtest/gtest.h"
#include "services/rados/messages/osd_op.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::osd {
namespace {

TEST(SlowOpMonitorTest, ComplainsUntilTheRequestIsDone) {
  Config config;
  FakeClock clock;
  FakeTimer timer(&clock);
  OpTracker tracker(&config, &clock);
  SlowOpMonitor monitor("osd.3", &tracker, &timer);
  monitor.Start();
  rados::MOsdOp request;
  request.oid = "object";
  auto op = tracker.Begin(request, EntityAddr());
  timer.Advance(absl::Seconds(29));
  EXPECT_EQ(monitor.Complaint(), "");
  timer.Advance(absl::Seconds(6));
  EXPECT_EQ(monitor.Complaint().find("osd.3: 1 slow ops, oldest for 35 s: osd_op("), 0u);
  op.reset();
  EXPECT_EQ(monitor.Complaint(), "");
  EXPECT_EQ(timer.pending(), 1u);
  monitor.Stop();
  EXPECT_EQ(timer.pending(), 0u);
}

}  // namespace
}  // namespace siphon::osd
