#include "services/osd/fullness_monitor.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/config.h"
#include "gtest/gtest.h"
#include "services/osd/map_keeper.h"
#include "services/osd/test_map.h"
#include "services/rados/messages/osd_full.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::osd {
namespace {

using State = FullnessMonitor::State;

class FullnessMonitorTest : public ::testing::Test {
 protected:
  FullnessMonitorTest() { Publish(0); }

  // A map that has the OSD with these bits.
  void Publish(uint32_t bits) {
    rados::OsdMap map = MakeTestMap(++epoch_, 1);
    map.nearfull_ratio = 0.85F;
    map.backfillfull_ratio = 0.90F;
    map.full_ratio = 0.95F;
    map.osd_state[0] |= bits;
    ASSERT_TRUE(maps_.Update(*MapMessage(map)).ok());
  }
  State At(double used) {
    used_ = used;
    monitor_.Check();
    return monitor_.state();
  }
  // What was sent since the last call, if it was one message.
  std::optional<uint32_t> TakeSent() {
    const auto sent = std::exchange(sent_, {});
    return sent.size() == 1 ? std::optional<uint32_t>(sent[0]) : std::nullopt;
  }

  Config config_;
  MapKeeper maps_;
  FakeClock clock_;
  FakeTimer timer_{&clock_};
  uint32_t epoch_ = 0;
  double used_ = 0;
  std::vector<uint32_t> sent_;
  FullnessMonitor monitor_{{.whoami = 0,
                            .config = &config_,
                            .maps = &maps_,
                            .timer = &timer_,
                            .used = [this](const rados::OsdMap&) { return used_; },
                            .send =
                                [this](std::unique_ptr<rados::MOsdFull> message) {
                                  EXPECT_EQ(message->map_epoch, epoch_);
                                  sent_.push_back(message->state);
                                }}};
};

TEST_F(FullnessMonitorTest, FollowsTheRatiosOfTheMap) {
  EXPECT_EQ(At(0.5), State::kNone);
  EXPECT_EQ(At(0.86), State::kNearFull);
  EXPECT_EQ(At(0.91), State::kBackfillFull);
  EXPECT_EQ(At(0.96), State::kFull);
  EXPECT_EQ(At(0.98), State::kFailsafe);
  EXPECT_EQ(At(0.5), State::kNone);
}

TEST_F(FullnessMonitorTest, ARatioBelowAnotherIsMovedUpToIt) {
  ASSERT_TRUE(config_.Set("osd_failsafe_full_ratio", "0.1").ok());
  EXPECT_EQ(At(0.5), State::kNone);
  EXPECT_EQ(At(0.96), State::kFailsafe);
}

TEST_F(FullnessMonitorTest, TellsTheMonitorUntilTheMapSaysTheSame) {
  monitor_.Start();
  timer_.Advance(FullnessMonitor::kInterval);
  EXPECT_TRUE(sent_.empty());
  used_ = 0.96;
  timer_.Advance(FullnessMonitor::kInterval);
  EXPECT_EQ(TakeSent(), rados::kOsdFull);
  timer_.Advance(FullnessMonitor::kInterval);
  EXPECT_EQ(TakeSent(), rados::kOsdFull);
  Publish(rados::kOsdFull);
  timer_.Advance(FullnessMonitor::kInterval);
  EXPECT_TRUE(sent_.empty());
  used_ = 0.86;
  timer_.Advance(FullnessMonitor::kInterval);
  EXPECT_EQ(TakeSent(), rados::kOsdNearFull);
  used_ = 0;
  timer_.Advance(FullnessMonitor::kInterval);
  EXPECT_EQ(TakeSent(), 0u);
  monitor_.Stop();
  EXPECT_EQ(timer_.pending(), 0u);
}

TEST_F(FullnessMonitorTest, DropsWritesBeyondTheLastRatioAlone) {
  At(0.96);
  EXPECT_FALSE(monitor_.DropsWrite());
  At(0.98);
  EXPECT_TRUE(monitor_.DropsWrite());
  At(0.5);
  EXPECT_FALSE(monitor_.DropsWrite());
}

TEST_F(FullnessMonitorTest, BehavesAsInjected) {
  ASSERT_TRUE(monitor_.Inject("nearfull", -1).ok());
  EXPECT_EQ(TakeSent(), rados::kOsdNearFull);
  EXPECT_EQ(At(0.96), State::kNearFull);
  ASSERT_TRUE(monitor_.Inject("failsafe", 2).ok());
  used_ = 0;
  EXPECT_TRUE(monitor_.DropsWrite());
  EXPECT_TRUE(monitor_.DropsWrite());
  EXPECT_FALSE(monitor_.DropsWrite());
  ASSERT_TRUE(monitor_.Inject("full", -1).ok());
  ASSERT_TRUE(monitor_.Inject("none", -1).ok());
  EXPECT_EQ(At(0), State::kNone);
  EXPECT_EQ(monitor_.Inject("bogus", 1).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace siphon::osd
